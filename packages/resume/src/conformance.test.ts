import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { resume } from "./index.ts"

testPlugin("resume", () => resume(), test)
