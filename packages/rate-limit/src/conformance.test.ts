import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { rateLimit } from "./rate-limit.ts"

testPlugin("rate-limit", () => rateLimit(), test)

testPlugin("rate-limit after a throttle", () => rateLimit({ actsFrom: "first-throttle" }), test)
