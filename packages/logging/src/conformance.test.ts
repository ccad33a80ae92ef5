import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { exportTrails } from "./export-trails.ts"
import { logging } from "./logging.ts"

const deaf = { debug() {}, info() {}, warn() {}, error() {} }

testPlugin("logging", () => logging({ logger: deaf, level: "debug" }), test)

// A queue is of one pipeline: what it has written and dropped is told of that one.
testPlugin("exportTrails", () => exportTrails({ write: async () => {} }), test, {
  except: ["what it has learnt is known to the next pipeline of the same state"],
})
