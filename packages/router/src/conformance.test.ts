import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { router } from "./router.ts"

testPlugin("router", () => router(), test)
