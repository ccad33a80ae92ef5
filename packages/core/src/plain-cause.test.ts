import { inspect } from "node:util"
import { expect, test } from "vitest"
import { pipelineOver, refused } from "../test/pipelines.ts"
import { plain } from "../test/streams.ts"
import { plainCause } from "./plain-cause.ts"

test("keeps what tells what happened", () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })
  const error = new TypeError("fetch failed", { cause: reset })
  expect(plainCause(error)).toMatchObject({
    name: "TypeError",
    message: "fetch failed",
    stack: error.stack,
    cause: { message: "read ECONNRESET", code: "ECONNRESET" },
  })
})

test("looks at the first of several errors", () => {
  const refusal = Object.assign(new Error("connect"), { code: "ECONNREFUSED" })
  expect(plainCause(new AggregateError([refusal], "all"))).toMatchObject({ cause: { code: "ECONNREFUSED" } })
})

test("ends with a chain that never does, and with what is no error", () => {
  const loop = new Error("loop")
  loop.cause = loop
  expect(() => plainCause(loop)).not.toThrow()
  expect(plainCause("text")).toBeUndefined()
})

test("a client that hangs its request on its error tells nobody the key", async () => {
  const pipeline = pipelineOver({
    fetch: (_, init) =>
      Promise.reject(Object.assign(new Error("Network Error"), { config: init, code: "ECONNRESET" })),
  })
  const { error, failure } = refused(await pipeline.call(plain()))
  expect(failure.class).toBe("unreachable")
  expect(inspect([error, failure], { depth: 20 })).not.toContain("sk-a")
})
