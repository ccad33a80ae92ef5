import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { metrics } from "./metrics.ts"

testPlugin("metrics", () => metrics(), test)
