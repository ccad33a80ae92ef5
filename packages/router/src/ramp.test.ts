import type { Verdict } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { available, closedFor, degraded } from "../test/scenes.ts"
import { looked, shareOf } from "./ramp.ts"
import type { Absence } from "./ramp.ts"

// All scenes play at 10,000 ms, and a ramp takes 5,000.
const look = (before: Absence | undefined, verdict: Verdict): Absence | undefined =>
  looked(before, verdict, 10_000, 5_000)

const away = (sinceMs: number, untilMs?: number): Absence => ({ state: "away", sinceMs, untilMs })
const back = (sinceMs: number, backMs: number, wholeMs: number): Absence => ({
  state: "back",
  sinceMs,
  backMs,
  wholeMs,
})

describe("a look at a target", () => {
  test.each<readonly [string, Absence | undefined, Verdict, Absence | undefined]>([
    ["that was well and is", undefined, available, undefined],
    ["that was well and is degraded", undefined, degraded, undefined],
    ["that goes", undefined, closedFor(500), away(10_000, 10_500)],
    ["that stays away", away(4_000, 9_000), closedFor(), away(4_000)],
    ["that comes back", away(1_000), available, back(1_000, 10_000, 15_000)],
    ["that comes back and is degraded", away(1_000), degraded, back(1_000, 10_000, 15_000)],
    ["that was away for less than a ramp", away(9_000), available, back(9_000, 10_000, 11_000)],
    ["that was back before anybody looked", away(1_000, 8_000), available, back(1_000, 8_000, 13_000)],
    ["that was back long before anybody looked", away(1_000, 4_000), available, undefined],
    ["that is on its way", back(0, 8_000, 13_000), available, back(0, 8_000, 13_000)],
    ["that has its whole share", back(0, 5_000, 10_000), available, undefined],
    ["that goes again on its way", back(0, 8_000, 13_000), closedFor(), away(0)],
    ["that goes again later", back(0, 5_000, 10_000), closedFor(), away(10_000)],
  ])("%s", (_title, before, verdict, after) => {
    expect(look(before, verdict)).toEqual(after)
  })
})

describe("its share", () => {
  const coming = { state: "back", sinceMs: 0, backMs: 10_000, wholeMs: 15_000 } as const

  test("is a tenth at once, and then grows to the whole", () => {
    expect(shareOf(coming, 10_000)).toBeCloseTo(0.1)
    expect(shareOf(coming, 12_500)).toBeCloseTo(0.55)
    expect(shareOf(coming, 15_000)).toBeCloseTo(1)
  })

  test("is a share at all times, however targets come and go", () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.nat(20_000),
        verdict: fc.oneof(
          fc.constant(available),
          fc.option(fc.nat(20_000), { nil: undefined }).map((ms) => closedFor(ms)),
        ),
      }),
    )
    fc.assert(
      fc.property(steps, fc.nat(30_000), (looks, rampMs) => {
        let nowMs = 0
        let absence: Absence | undefined
        for (const { afterMs, verdict } of looks) {
          nowMs += afterMs
          absence = looked(absence, verdict, nowMs, rampMs)
          if (absence?.state !== "back") continue
          const share = shareOf(absence, nowMs)
          expect(share).toBeGreaterThanOrEqual(0.1)
          expect(share).toBeLessThanOrEqual(1)
          expect(absence.wholeMs - absence.backMs).toBeLessThanOrEqual(rampMs)
        }
      }),
    )
  })
})
