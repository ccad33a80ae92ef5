import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { exportTrails } from "./export-trails.ts"
import { logging } from "./logging.ts"

const deaf = { debug() {}, info() {}, warn() {}, error() {} }

testPlugin("logging", () => logging({ logger: deaf, level: "debug" }), test)

testPlugin("exportTrails", () => exportTrails({ write: async () => {} }), test)
