import { seededRandom } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { weightedPick } from "./weighted-pick.ts"

test("each is picked as often as its weight says", () => {
  const random = seededRandom(1)
  const list = [
    { id: "a", weight: 1 },
    { id: "b", weight: 3 },
    { id: "c", weight: 6 },
  ] as const
  const seen = { a: 0, b: 0, c: 0 }
  for (let time = 0; time < 10_000; time++) seen[weightedPick<(typeof list)[number]>(list, random).id]++
  expect(Math.abs(seen.a - 1_000)).toBeLessThan(150)
  expect(Math.abs(seen.b - 3_000)).toBeLessThan(200)
  expect(Math.abs(seen.c - 6_000)).toBeLessThan(200)
})

test("one of the list is picked, whatever is drawn", () => {
  const lists = fc.array(fc.record({ weight: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) }), {
    minLength: 1,
    maxLength: 9,
  })
  const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(lists, draws, (list, drawn) => {
      const weights = list as [{ weight: number }, ...{ weight: number }[]]
      expect(list).toContain(weightedPick(weights, { next: () => drawn }))
    }),
  )
})
