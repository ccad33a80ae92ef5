import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { circuitBreaker } from "./circuit-breaker.ts"

testPlugin("circuit-breaker", () => circuitBreaker(), test)
