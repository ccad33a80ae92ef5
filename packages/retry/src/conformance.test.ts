import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { retry } from "./retry.ts"

testPlugin("retry", () => retry(), test)
