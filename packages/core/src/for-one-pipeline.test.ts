import { expect, test } from "vitest"
import { forOnePipeline } from "./for-one-pipeline.ts"

const code = (expected: string) => expect.objectContaining({ code: expected })

test("one object is for one pipeline, and asked only once it is in it", () => {
  const held = forOnePipeline<{ readonly count: number }>("metrics")
  expect(() => held.used()).toThrow(code("plugin-unused"))
  expect(held.install(() => ({ count: 1 }))).toEqual({ count: 1 })
  expect(held.used()).toEqual({ count: 1 })
  expect(() => held.install(() => ({ count: 2 }))).toThrow(code("plugin-reused"))
  expect(held.used()).toEqual({ count: 1 })
})

test("what could not be made is not held", () => {
  const held = forOnePipeline("quota")
  const fail = () => {
    throw new Error("no such endpoint")
  }
  expect(() => held.install(fail)).toThrow("no such endpoint")
  expect(() => held.used()).toThrow(
    "This quota() is in no pipeline: put it into `use`, or set the option `quota` of bellwether().",
  )
  expect(held.install(() => ({}))).toEqual({})
})
