import fc from "fast-check"
import { expect, test } from "vitest"
import { Histogram } from "./histogram.ts"

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

/** Nearest rank, from the sorted list. */
function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!
}

const value = fc.oneof(
  fc.double({ min: 0.1, max: 80_000_000, noNaN: true }),
  fc.double({ min: 0.1, max: 1_000, noNaN: true }),
  fc.constantFrom(0.1, 1, 10, 20, 640, 10_240, 80_000_000),
)
const share = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.05, 0.5, 0.95, 0.99, 1),
)

test("any percentile is within 2 % of the exact one", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 500 }), share, (values, share) => {
      const wanted = exact(values, share)
      const told = histogramOf(values).quantile(share)!
      expect(Math.abs(told - wanted)).toBeLessThanOrEqual(wanted * 0.02)
    }),
    { numRuns: 1_000 },
  )
})

test("histograms that are added are as one that has recorded all", () => {
  const maybeNone = fc.array(value, { maxLength: 100 })
  fc.assert(
    fc.property(maybeNone, maybeNone, share, (some, others, share) => {
      const sum = histogramOf(some)
      const other = histogramOf(others)
      sum.add(other)
      const all = histogramOf([...some, ...others])
      expect(sum.quantile(share)).toBe(all.quantile(share))
      expect([sum.count, sum.summary()?.max]).toEqual([all.count, all.summary()?.max])
      expect(sum.sum).toBeCloseTo(all.sum, 1)
      expect(other.count).toBe(others.length)
    }),
  )
})

test("how many are no greater than a doubling of 10 is known exactly", () => {
  const doubling = fc.integer({ min: -6, max: 22 }).map((power) => 10 * 2 ** power)
  fc.assert(
    fc.property(fc.array(fc.oneof(value, doubling), { maxLength: 100 }), doubling, (values, bound) => {
      const wanted = values.filter((each) => each <= bound).length
      expect(histogramOf(values).countUpTo(bound)).toBe(wanted)
    }),
    { numRuns: 1_000 },
  )
})

test("count, sum, mean and the greatest are exact", () => {
  expect(histogramOf([1, 2, 6])).toMatchObject({ count: 3, sum: 9 })
  expect(histogramOf([1, 2, 6]).summary()).toMatchObject({ mean: 3, max: 6 })
})

test("values beyond its range stay what they are where all are alike", () => {
  expect(histogramOf([0, 0]).summary()).toEqual({ mean: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  expect(histogramOf([1e12]).quantile(0.5)).toBe(1e12)
  expect(histogramOf([1e12, -1]).countUpTo(1_000)).toBe(1)
})

test("without values there is nothing to say", () => {
  const histogram = new Histogram()
  expect([histogram.quantile(0.5), histogram.summary()]).toEqual([undefined, undefined])
  expect([histogram.count, histogram.sum, histogram.countUpTo(10)]).toEqual([0, 0, 0])
})
