import { PipelineError, refuseFaults } from "@bellwether/core"
import { expect, test } from "vitest"
import { together } from "./together.ts"

test("what is made is there under its name", () => {
  expect(together({ one: () => 1, none: () => false, two: () => ({ is: 2 }) })).toEqual({
    one: 1,
    none: false,
    two: { is: 2 },
  })
})

test("everything that is wrong is told at once, in the order of the makers", () => {
  const making = () =>
    together({
      a: () => refuseFaults(["a is wrong.", "a is long."]),
      b: () => "fine",
      c: () => {
        throw new PipelineError("invalid-options", "c is wrong.")
      },
    })
  expect(making).toThrow(expect.objectContaining({ faults: ["a is wrong.", "a is long.", "c is wrong."] }))
})

test("an error of another kind is nobody's fault, and passes", () => {
  const error = new TypeError("broken")
  const making = () =>
    together({
      a: () => refuseFaults(["a is wrong."]),
      b: () => {
        throw error
      },
    })
  expect(making).toThrow(error)
})
