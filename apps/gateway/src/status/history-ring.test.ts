import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { HistoryRing } from "./history-ring.ts"

describe("the history", () => {
  test("counts what ends in each step, and keeps the quantiles of its durations", async () => {
    const clock = virtualClock()
    const ring = new HistoryRing(clock)
    for (const durationMs of [10, 20, 30]) ring.add("", { hasFailed: false, durationMs })
    ring.add("", { hasFailed: true })
    await clock.advance(5_000)
    ring.add("", { hasFailed: false, durationMs: 5, firstContentMs: 2 })
    const { atMs, calls } = ring.read([])
    expect(atMs[1]! - atMs[0]!).toBe(5_000)
    expect(calls).toMatchObject({ total: [4, 1], failed: [1, 0], firstContentP50Ms: [null, 2] })
    expect(calls.p50Ms[0]).toBeCloseTo(20, 0)
  })

  test("has a column for every step, also for those in which nothing happened", async () => {
    const clock = virtualClock()
    const ring = new HistoryRing(clock)
    ring.add("primary", { hasFailed: false, durationMs: 1 })
    await clock.advance(20_000)
    const { atMs, endpoints } = ring.read(["primary", "backup"])
    expect(atMs).toHaveLength(5)
    expect(endpoints["primary"]?.total).toEqual([1, 0, 0, 0, 0])
    expect(endpoints["backup"]?.total).toEqual([0, 0, 0, 0, 0])
  })

  test("reaches ten minutes back, however long it runs", async () => {
    const clock = virtualClock()
    const ring = new HistoryRing(clock)
    for (let minute = 0; minute < 30; minute++) {
      ring.add("", { hasFailed: false, durationMs: minute })
      await clock.advance(60_000)
    }
    const { atMs, calls } = ring.read([])
    expect(atMs).toHaveLength(120)
    expect(calls.total).toHaveLength(120)
    expect(calls.total.reduce((sum, each) => sum + each, 0)).toBe(9)
  })

  test("survives a clock that leaps", async () => {
    const clock = virtualClock()
    const ring = new HistoryRing(clock)
    ring.add("", { hasFailed: false, durationMs: 1 })
    await clock.advance(86_400_000)
    expect(ring.read([]).calls.total).toHaveLength(120)
  })
})
