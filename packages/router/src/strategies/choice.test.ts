import { seededRandom } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { anyTwo, lowestOf } from "./choice.ts"

const list = ["a", "b", "c", "d"] as const

/** How often each outcome comes. */
function counts(times: number, draw: () => string): Readonly<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let time = 0; time < times; time++) {
    const drawn = draw()
    seen[drawn] = (seen[drawn] ?? 0) + 1
  }
  return seen
}

test("two are different ones, in the order of the list", () => {
  const items = fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(items, fc.nat(), (some, seed) => {
      const [first, second] = anyTwo(some as [number, ...number[]], seededRandom(seed))
      expect(some.indexOf(first)).toBeGreaterThanOrEqual(0)
      expect(some.indexOf(second)).toBeGreaterThan(some.indexOf(first))
    }),
  )
})

test("all pairs are equally likely", () => {
  const random = seededRandom(1)
  const pairs = counts(6_000, () => anyTwo(list, random).join(""))
  expect(Object.keys(pairs).toSorted()).toEqual(["ab", "ac", "ad", "bc", "bd", "cd"])
  for (const count of Object.values(pairs)) expect(Math.abs(count - 1_000)).toBeLessThan(120)
})

test("the lowest has nothing below it", () => {
  const measures = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(measures, fc.nat(), (some, seed) => {
      const lowest = lowestOf(some as [number, ...number[]], (measure) => measure, seededRandom(seed))
      expect(lowest).toBe(Math.min(...some))
    }),
  )
})

test("of several lowest each has the same chance", () => {
  const random = seededRandom(1)
  const measure = (item: string): number => (item === "b" ? 2 : 1)
  const picks = counts(6_000, () => lowestOf(list, measure, random))
  expect(Object.keys(picks).toSorted()).toEqual(["a", "c", "d"])
  for (const count of Object.values(picks)) expect(Math.abs(count - 2_000)).toBeLessThan(150)
})
