import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { emptyWindow, reasonToOpen, recorded, totals } from "./completed-window.ts"
import type { CompletedWindow } from "./completed-window.ts"

const rules = { windowMs: 120_000, consecutiveFailures: 5, failureRatio: 0.5, minimumCompleted: 10 }

/** A letter per attempt, one second apart: `x` failed, `o` succeeded. */
function seen(outcomes: string, startMs = 0): CompletedWindow {
  return [...outcomes].reduce(
    (window, outcome, index) => recorded(window, outcome === "x", startMs + index * 1_000, rules.windowMs),
    emptyWindow(0),
  )
}

describe("a circuit opens on", () => {
  test.each([
    ["xxxxx", "5 attempts in a row failed"],
    ["ooooooooooooxxxxx", "5 attempts in a row failed"],
    ["xoxoxoxoox", "5 of 10 attempts failed within 120 s"],
    ["xxxxoxxxxoxx", "10 of 12 attempts failed within 120 s"],
  ])("%s: %s", (outcomes, reason) => {
    expect(reasonToOpen(seen(outcomes), outcomes.length * 1_000, rules)).toBe(reason)
  })

  test("a first failure when one is enough", () => {
    expect(reasonToOpen(seen("x"), 0, { ...rules, consecutiveFailures: 1 })).toBe("an attempt failed")
  })
})

describe("a circuit stays closed on", () => {
  test.each(["", "xxxx", "xxxxo", "xxxxoxxxx", "xoxoxoxox", "oooooooooo", "ooooooxxxx"])("%o", (outcomes) => {
    expect(reasonToOpen(seen(outcomes), outcomes.length * 1_000, rules)).toBeUndefined()
  })

  test("failures in a row when only the share counts, and a bad share when only the row counts", () => {
    const onlyShare = { ...rules, consecutiveFailures: Infinity }
    const onlyRow = { ...rules, failureRatio: Infinity }
    expect(reasonToOpen(seen("xxxxxxxxx"), 9_000, onlyShare)).toBeUndefined()
    expect(reasonToOpen(seen("xoxoxoxoxoxox"), 13_000, onlyRow)).toBeUndefined()
  })
})

test("an idle gap clears everything, the row of failures too, when read and when written", () => {
  const window = seen("xxxx")
  expect(totals(window, 3_600_000, rules.windowMs)).toEqual({ completed: 0, failed: 0, failuresInARow: 0 })
  const later = recorded(window, true, 3_600_000, rules.windowMs)
  expect(totals(later, 3_600_000, rules.windowMs)).toEqual({ completed: 1, failed: 1, failuresInARow: 1 })
  expect(later.buckets).toHaveLength(1)
})

test("an outcome is forgotten after the window, and not before nine tenths of it", () => {
  const window = recorded(emptyWindow(0), true, 5_000, rules.windowMs)
  expect(totals(window, 5_000 + 0.9 * rules.windowMs, rules.windowMs).completed).toBe(1)
  expect(totals(window, 5_000 + rules.windowMs, rules.windowMs).completed).toBe(0)
})

test("it counts what a list of all outcomes would, and never keeps more than eleven slices", () => {
  const outcomes = fc.array(fc.record({ gapMs: fc.nat(60_000), isFailure: fc.boolean() }), { maxLength: 200 })
  fc.assert(
    fc.property(outcomes, (list) => {
      let nowMs = 0
      let window = emptyWindow(0)
      const all: { atMs: number; isFailure: boolean }[] = []
      for (const { gapMs, isFailure } of list) {
        nowMs += gapMs
        window = recorded(window, isFailure, nowMs, rules.windowMs)
        all.push({ atMs: nowMs, isFailure })
        const { completed, failed } = totals(window, nowMs, rules.windowMs)
        const within = (ms: number) => all.filter(({ atMs }) => atMs > nowMs - ms)
        expect(completed).toBeLessThanOrEqual(within(rules.windowMs).length)
        expect(completed).toBeGreaterThanOrEqual(within(0.9 * rules.windowMs).length)
        expect(failed).toBeLessThanOrEqual(completed)
        expect(window.buckets.length).toBeLessThanOrEqual(11)
      }
    }),
  )
})
