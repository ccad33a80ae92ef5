import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { counted, forgetting, noFailures } from "./failure-share.ts"
import { isLate, paced, rested, unknownPace } from "./pace.ts"
import type { Pace } from "./pace.ts"

describe("the share of failures", () => {
  const rules = { failureShare: 0.1, windowMs: 1_000 }
  const counting = (outcomes: string, start = noFailures) =>
    [...outcomes].reduce((share, outcome) => counted(share, outcome === "x", 0, rules), start)

  test("one failure or two are none to speak of, every eighth is", () => {
    expect(counting("....x....").isHigh).toBe(false)
    expect(counting("....xx....").isHigh).toBe(false)
    expect(counting("x.......".repeat(6)).isHigh).toBe(true)
  })

  test("stays high until it has halved", () => {
    const high = counting("xxx")
    expect(high.isHigh).toBe(true)
    expect(counting("........", high)).toMatchObject({ isHigh: true })
    expect(counting(".".repeat(25), high)).toMatchObject({ isHigh: false })
  })

  test("is forgotten after silence", () => {
    const high = counting("xxx")
    expect(forgetting(high, 999, rules)).toBe(high)
    expect(forgetting(high, 1_000, rules)).toBe(noFailures)
  })
})

describe("a pace", () => {
  const rules = { slowFactor: 3, floorMs: 100, windowMs: 60_000 }
  const running = (durations: readonly number[], start: Pace = unknownPace, fromMs = 0, everyMs = 1_000) =>
    durations.reduce((pace, ms, index) => paced(pace, ms, fromMs + index * everyMs, rules), start)
  const many = (count: number, ms: number): readonly number[] => Array.from({ length: count }, () => ms)

  test("is unknown before 20 durations, and slow at more than three times what is usual", () => {
    expect(running(many(19, 200)).usualMs).toBe(undefined)
    const usual = running(many(20, 200))
    expect(usual).toMatchObject({ usualMs: 200, isSlow: false })
    expect(running(many(20, 550), usual, 20_000).isSlow).toBe(false)
    expect(running(many(20, 650), usual, 20_000).isSlow).toBe(true)
  })

  test("a single straggler says nothing, and neither do short ones", () => {
    expect(running([9_000], running(many(20, 200)), 20_000).isSlow).toBe(false)
    expect(running(many(20, 90), running(many(20, 10)), 20_000).isSlow).toBe(false)
  })

  test("is slow until it is under two thirds of that", () => {
    const slow = running(many(20, 700), running(many(20, 200)), 20_000)
    expect(running(many(20, 500), slow, 40_000).isSlow).toBe(true)
    expect(running(many(20, 350), slow, 40_000).isSlow).toBe(false)
  })

  test("what lasts for an hour becomes usual, what lasts for ten minutes does not", () => {
    const usual = running(many(20, 200))
    expect(running(many(60, 800), usual, 20_000, 10_000).isSlow).toBe(true)
    expect(running(many(360, 800), usual, 20_000, 10_000).isSlow).toBe(false)
  })

  test("silence forgets that it was slow, and not what is usual", () => {
    const slow = running(many(20, 700), running(many(20, 200)), 20_000)
    expect(rested(slow, slow.lastMs + 59_999, rules)).toBe(slow)
    expect(rested(slow, slow.lastMs + 60_000, rules)).toMatchObject({ isSlow: false, recent: [] })
    expect(rested(slow, slow.lastMs + 60_000, rules).usualMs).toBe(slow.usualMs)
  })

  test("what is not over yet can be late already", () => {
    const usual = running(many(20, 200))
    expect([isLate(usual, 600, rules), isLate(usual, 601, rules)]).toEqual([false, true])
    expect(isLate(unknownPace, 60_000, rules)).toBe(false)
  })

  test("durations of nothing make no nonsense", () => {
    const nothing = running(many(40, 0))
    expect(nothing).toMatchObject({ isSlow: false })
    expect(Number.isFinite(nothing.usualMs)).toBe(true)
  })
})

test("silence is over at the very moment that is waited for, whatever fraction of a millisecond that is", () => {
  const share = { failureShare: 0.1, windowMs: 120_000 }
  const pace = { slowFactor: 3, floorMs: 100, windowMs: 120_000 }
  fc.assert(
    fc.property(
      fc.nat(1e9).map((number) => number / 997),
      (lastMs) => {
        const thenMs = lastMs + 120_000
        expect(forgetting({ share: 1, isHigh: true, lastMs }, thenMs, share)).toBe(noFailures)
        expect(rested({ recent: [9], isSlow: true, lastMs }, thenMs, pace).isSlow).toBe(false)
      },
    ),
  )
})
