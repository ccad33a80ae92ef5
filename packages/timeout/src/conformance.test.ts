import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { timeout } from "./timeout.ts"

testPlugin("timeout", () => timeout(), test)
