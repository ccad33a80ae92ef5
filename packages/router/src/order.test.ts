import { createPipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { expect, test } from "vitest"
import { router } from "./index.ts"

const outer = (name: string): Plugin => ({ name, setup: () => {} })
const pipelineOf = (...use: readonly Plugin[]) =>
  createPipeline({ endpoints: [{ id: "a", baseURL: "https://a.example/v1" }], use })

test.each(["resume", "retry", "hedge"])("the router stands inside of %s", (name) => {
  expect(() => pipelineOf(router(), outer(name))).toThrow(`list "${name}" first`)
  expect(() => pipelineOf(outer(name), router())).not.toThrow()
})
