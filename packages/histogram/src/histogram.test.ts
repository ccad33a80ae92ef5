import fc from "fast-check"
import { expect, test } from "vitest"
import { Histogram } from "./histogram.ts"

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const ms of durations) histogram.record(ms)
  return histogram
}

/** Nearest rank, from the sorted list. */
function exact(durations: readonly number[], share: number): number {
  const sorted = durations.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!
}

const duration = fc.oneof(
  fc.double({ min: 0.1, max: 86_400_000, noNaN: true }),
  fc.double({ min: 0.1, max: 1_000, noNaN: true }),
  fc.constantFrom(0.1, 1, 250, 30_000, 86_400_000),
)

test("any percentile is within 2 % of the exact one", () => {
  const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 0.95, 0.99, 1))
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 500 }), share, (durations, share) => {
      const wanted = exact(durations, share)
      const told = histogramOf(durations).quantile(share)!
      expect(Math.abs(told - wanted)).toBeLessThanOrEqual(wanted * 0.02 * (1 + 1e-9))
    }),
    { numRuns: 1_000 },
  )
})

test("the mean and the longest are exact", () => {
  expect(histogramOf([1, 2, 6]).summary()).toMatchObject({ mean: 3, max: 6 })
})

test("durations beyond its range stay what they are where all are alike", () => {
  expect(histogramOf([0, 0]).summary()).toEqual({ mean: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  const week = 7 * 86_400_000
  expect(histogramOf([week]).quantile(0.5)).toBe(week)
})

test("without durations there is nothing to say, also after a reset", () => {
  const histogram = histogramOf([1, 2, 3])
  histogram.reset()
  expect(histogram.summary()).toBeUndefined()
  histogram.record(7)
  expect(histogram.summary()).toEqual({ mean: 7, p50: 7, p95: 7, p99: 7, max: 7 })
})
