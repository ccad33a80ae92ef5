import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { hedge } from "./hedge.ts"

testPlugin("hedge", () => hedge(), test)

testPlugin("hedge of every call", () => hedge({ delayMs: 100, maxExtra: 1 }), test, {
  except: ["with it a pipeline that is well answers every call, with one request each"],
})
