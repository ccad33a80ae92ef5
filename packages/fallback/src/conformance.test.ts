import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { fallback } from "./fallback.ts"

testPlugin("fallback", () => fallback({ models: { "gpt-4o": ["gpt-4o-mini"] } }), test)
