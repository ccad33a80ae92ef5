import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { costOf } from "./cost.ts"
import type { Latency } from "./latency.ts"
import { tauMs } from "./latency.ts"

const known: Latency = { ms: 200, atMs: 0 }
const latencies = fc.option(fc.record({ ms: fc.nat(60_000), atMs: fc.nat(60_000) }), { nil: undefined })
const weights = fc.double({ min: 0.1, max: 100, noNaN: true })

describe("what one more call costs", () => {
  test.each<readonly [string, Latency | undefined, number, number, number, number]>([
    ["is its latency on an idle target", known, 0, 1, 0, 200],
    ["is shared with those under way", known, 3, 1, 0, 800],
    ["is less where the weight is higher", known, 3, 4, 0, 200],
    ["fades on an idle target", known, 0, 1, tauMs, 200 / Math.E],
    ["does not fade on a busy one", known, 1, 1, tauMs, 400],
    ["counts calls however fast they are", { ms: 0, atMs: 0 }, 3, 1, 0, 4],
    ["is nothing on an idle target nobody knows", undefined, 0, 1, 0, 0],
    ["is much on a busy one nobody knows", undefined, 1, 1, 0, 60_000],
  ])("%s", (_title, latency, inFlight, weight, nowMs, cost) => {
    expect(costOf(latency, inFlight, weight, nowMs)).toBeCloseTo(cost)
  })

  test("grows with every call under way and sinks with weight", () => {
    fc.assert(
      fc.property(latencies, fc.nat(50), weights, (latency, inFlight, weight) => {
        const cost = costOf(latency, inFlight, weight, 60_000)
        expect(cost).toBeGreaterThanOrEqual(0)
        expect(costOf(latency, inFlight + 1, weight, 60_000)).toBeGreaterThanOrEqual(cost)
        expect(costOf(latency, inFlight, weight * 2, 60_000)).toBeLessThanOrEqual(cost)
      }),
    )
  })

  test("an idle target is tried again however slow it was, and by one call", () => {
    const slow = { ms: 60_000, atMs: 0 }
    const laterMs = 6 * tauMs
    expect(costOf(slow, 0, 1, laterMs)).toBeLessThan(costOf(known, 1, 1, laterMs))
    expect(costOf(slow, 1, 1, laterMs)).toBeGreaterThan(costOf(known, 100, 1, laterMs))
  })
})
