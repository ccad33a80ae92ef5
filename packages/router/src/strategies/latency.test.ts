import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { averaged, freshness, peaked, penalised, tauMs } from "./latency.ts"
import type { Latency } from "./latency.ts"

const times = fc.double({ min: 0, max: 600_000, noNaN: true })
const latencies = fc.record({ ms: times, atMs: times })

describe("what was learned", () => {
  test("counts for 1/e after τ, and less and less", () => {
    const known = { ms: 100, atMs: 1_000 }
    expect(freshness(known, 1_000)).toBe(1)
    expect(freshness(known, 1_000 + tauMs)).toBeCloseTo(1 / Math.E)
    fc.assert(
      fc.property(times, times, (early, late) => {
        const [sooner, later] = [Math.min(early, late), Math.max(early, late)]
        expect(freshness(known, 1_000 + later)).toBeLessThanOrEqual(freshness(known, 1_000 + sooner))
      }),
    )
  })
})

describe.each([
  ["the average", averaged],
  ["the peak average", peaked],
])("%s", (_name, learn) => {
  test("begins with the first sample", () => {
    expect(learn(undefined, 300, 7)).toEqual({ ms: 300, atMs: 7 })
  })

  test("lies between what was known and the sample", () => {
    fc.assert(
      fc.property(latencies, times, times, (known, sampleMs, laterMs) => {
        const { ms, atMs } = learn(known, sampleMs, known.atMs + laterMs)
        expect(atMs).toBe(known.atMs + laterMs)
        expect(ms).toBeGreaterThanOrEqual(Math.min(known.ms, sampleMs) * (1 - 1e-9))
        expect(ms).toBeLessThanOrEqual(Math.max(known.ms, sampleMs) * (1 + 1e-9))
      }),
    )
  })

  test("forgets what is old", () => {
    expect(learn({ ms: 5_000, atMs: 0 }, 100, 100 * tauMs).ms).toBeCloseTo(100)
  })
})

test("the peak average takes a slower sample in full, and the average does not", () => {
  const known: Latency = { ms: 100, atMs: 0 }
  expect(peaked(known, 900, 300).ms).toBe(900)
  expect(averaged(known, 900, 300).ms).toBeLessThan(110)
  expect(peaked(known, 50, 300)).toEqual(averaged(known, 50, 300))
})

describe("a failure", () => {
  test.each<readonly [string, Latency | undefined, number, number]>([
    ["counts four times what is usual", { ms: 500, atMs: 0 }, 10, 2_000],
    ["counts at least a second", { ms: 20, atMs: 0 }, 10, 1_000],
    ["counts a second where nothing is known", undefined, 10, 1_000],
    ["counts at most a minute", { ms: 40_000, atMs: 0 }, 10, 60_000],
    ["counts what it took if that is longer", { ms: 500, atMs: 0 }, 90_000, 90_000],
  ])("%s", (_title, known, tookMs, ms) => {
    expect(penalised(known, tookMs, 9)).toEqual({ ms, atMs: 9 })
  })

  test("never makes a target look faster", () => {
    fc.assert(
      fc.property(fc.record({ ms: fc.nat(60_000), atMs: times }), times, times, (known, tookMs, laterMs) => {
        expect(penalised(known, tookMs, known.atMs + laterMs).ms).toBeGreaterThanOrEqual(known.ms)
      }),
    )
  })
})
