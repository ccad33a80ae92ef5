import fc from "fast-check"
import { expect, test } from "vitest"
import { Distribution } from "./distribution.ts"

function distributionOf(values: readonly number[]): Distribution {
  const distribution = new Distribution()
  for (const value of values) distribution.record(value)
  return distribution
}

/** Nearest rank, from the sorted list. */
function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN
}

const value = fc.oneof(
  fc.double({ min: 0.1, max: 80_000_000, noNaN: true }),
  fc.double({ min: 0.1, max: 1_000, noNaN: true }),
  fc.constantFrom(0.1, 1, 10, 20, 640, 10_240, 80_000_000),
)
const values = fc.array(value, { minLength: 1, maxLength: 300 })

test("any percentile is within 2 % of the exact one", () => {
  const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.05, 0.5, 0.95, 1))
  fc.assert(
    fc.property(values, share, (recorded, share) => {
      const wanted = exact(recorded, share)
      const told = distributionOf(recorded).quantile(share)
      expect(Math.abs(told - wanted)).toBeLessThanOrEqual(wanted * 0.02)
    }),
    { numRuns: 1_000 },
  )
})

test("distributions that are added are as one that has recorded all", () => {
  const maybeNone = fc.array(value, { maxLength: 100 })
  fc.assert(
    fc.property(maybeNone, maybeNone, fc.double({ min: 0, max: 1, noNaN: true }), (some, others, share) => {
      const sum = distributionOf(some)
      const other = distributionOf(others)
      sum.add(other)
      const all = distributionOf([...some, ...others])
      expect(sum.quantile(share)).toBe(all.quantile(share))
      expect([sum.count, sum.most]).toEqual([all.count, all.most])
      expect(sum.sum).toBeCloseTo(all.sum, 1)
      expect(other.count).toBe(others.length)
    }),
  )
})

test("how many are no greater than a doubling of 10 is known exactly", () => {
  const doubling = fc.integer({ min: -6, max: 22 }).map((power) => 10 * 2 ** power)
  fc.assert(
    fc.property(fc.array(fc.oneof(value, doubling), { maxLength: 100 }), doubling, (recorded, bound) => {
      const wanted = recorded.filter((each) => each <= bound).length
      expect(distributionOf(recorded).countUpTo(bound)).toBe(wanted)
    }),
    { numRuns: 1_000 },
  )
})

test("mean and greatest are exact, and values beyond the range stay what they are where all are alike", () => {
  expect(distributionOf([1, 2, 6])).toMatchObject({ mean: 3, most: 6, count: 3, sum: 9 })
  expect(distributionOf([0, 0]).quantile(0.5)).toBe(0)
  expect(distributionOf([1e12]).quantile(0.5)).toBe(1e12)
  expect(distributionOf([1e12, -1]).countUpTo(1_000)).toBe(1)
})

test("without values there is no percentile", () => {
  expect(new Distribution().quantile(0.5)).toBeNaN()
  expect(new Distribution().countUpTo(10)).toBe(0)
})
