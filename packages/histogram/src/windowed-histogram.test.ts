import fc from "fast-check"
import { expect, test } from "vitest"
import { WindowedHistogram } from "./windowed-histogram.ts"

const windowMs = 10_000
const sliceMs = windowMs / 10

/** Nearest rank, from the sorted list. */
function exact(durations: readonly number[], share: number): number {
  const sorted = durations.toSorted((a, b) => a - b)
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!
}

test("it tells the percentiles of the last window, whatever came when", () => {
  const entry = fc.record({
    gapMs: fc.oneof(fc.integer({ min: 0, max: 3 * sliceMs }), fc.constantFrom(windowMs, 7 * windowMs)),
    ms: fc.double({ min: 0.1, max: 80_000_000, noNaN: true }),
  })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 200 }), share, (entries, share) => {
      const histogram = new WindowedHistogram(windowMs)
      const recorded: { atMs: number; ms: number }[] = []
      let nowMs = 0
      for (const { gapMs, ms } of entries) {
        nowMs += gapMs
        histogram.record(ms, nowMs)
        recorded.push({ atMs: nowMs, ms })
        const oldest = Math.floor(nowMs / sliceMs) - 9
        const held = recorded.filter(({ atMs }) => Math.floor(atMs / sliceMs) >= oldest)
        expect(histogram.count(nowMs)).toBe(held.length)
        const wanted = exact(
          held.map((each) => each.ms),
          share,
        )
        expect(Math.abs(histogram.quantile(share, nowMs)! - wanted)).toBeLessThanOrEqual(
          wanted * 0.02 * (1 + 1e-9),
        )
      }
    }),
    { numRuns: 200 },
  )
})

test("a duration is remembered for nine tenths of the window at least, and never longer than it", () => {
  const histogram = new WindowedHistogram(windowMs)
  histogram.record(7, 999)
  expect(histogram.count(9_999)).toBe(1)
  expect(histogram.count(10_000)).toBe(0)
  expect(histogram.quantile(0.5, 10_000)).toBeUndefined()
})

test("a clock that has long been running is no matter", () => {
  const histogram = new WindowedHistogram(windowMs)
  histogram.record(7, 4e12)
  expect(histogram.count(4e12 + 1)).toBe(1)
})

test("what comes a little late is counted with the newest", () => {
  const histogram = new WindowedHistogram(windowMs)
  histogram.record(7, 5_000)
  histogram.record(7, 3_000)
  expect(histogram.count(13_999)).toBe(2)
  expect(histogram.count(15_000)).toBe(0)
})
