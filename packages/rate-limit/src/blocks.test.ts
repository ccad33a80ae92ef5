import { assert, constantFrom, dictionary, nat, property, record } from "fast-check"
import { describe, expect, test } from "vitest"
import { blocked, blockedUntilMs, mergeBlocks, noBlocks } from "./blocks.ts"

const dateMs = 1_000_000

describe("a block", () => {
  test.each<[object, readonly string[], readonly (string | undefined)[]]>([
    [{}, ["a", "b"], ["m", "n", undefined]],
    [{ key: "a" }, ["a"], ["m", "n", undefined]],
    [{ model: "m" }, ["a", "b"], ["m"]],
    [{ key: "a", model: "m" }, ["a"], ["m"]],
  ])("of %j holds for what it covers and nothing else", (part, keys, models) => {
    const blocks = blocked(noBlocks, part, dateMs + 5, dateMs)
    for (const key of ["a", "b"])
      for (const model of ["m", "n", undefined]) {
        const isCovered = keys.includes(key) && models.includes(model)
        expect(blockedUntilMs(blocks, key, model)).toBe(isCovered ? dateMs + 5 : 0)
      }
  })

  test("is never shortened by a later hint (litellm #40130)", () => {
    const long = blocked(noBlocks, { key: "a" }, dateMs + 60, dateMs)
    expect(blocked(long, { key: "a" }, dateMs + 5, dateMs)).toBe(long)
    expect(blockedUntilMs(blocked(long, { key: "a" }, dateMs + 70, dateMs), "a", "m")).toBe(dateMs + 70)
  })

  test("of which there are many is forgotten when it is over, or ends first", () => {
    let blocks = blocked(noBlocks, { model: "old" }, dateMs - 1, dateMs - 10)
    for (let model = 0; model < 300; model++)
      blocks = blocked(blocks, { model: `m${model}` }, dateMs + 1 + model, dateMs)
    expect(Object.keys(blocks)).toHaveLength(100)
    expect(blockedUntilMs(blocks, "a", "old")).toBe(0)
    expect(blockedUntilMs(blocks, "a", "m0")).toBe(0)
    expect(blockedUntilMs(blocks, "a", "m299")).toBe(dateMs + 300)
  })
})

test("the views of a fleet can be joined in any order, as often as one likes", () => {
  const blocks = dictionary(constantFrom("k", "l", "m"), nat({ max: 9 }))
  assert(
    property(record({ a: blocks, b: blocks, c: blocks }), ({ a, b, c }) => {
      expect(mergeBlocks(a, b)).toEqual(mergeBlocks(b, a))
      expect(mergeBlocks(mergeBlocks(a, b), c)).toEqual(mergeBlocks(a, mergeBlocks(b, c)))
      expect(mergeBlocks(a, a)).toEqual(a)
    }),
  )
})
