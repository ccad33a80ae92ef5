import fc from "fast-check"
import { expect, test } from "vitest"
import { Ledgers, longestWindowMs, sliceMs } from "./ledgers.ts"
import type { Ledger } from "./ledger.ts"
import { ModelSeries } from "./series.ts"

const series = new ModelSeries("gpt-4o", false)
const ended = { durationMs: 7, attempts: [] }
const countIn = (ledger: Ledger): number => ledger.calls.get(series)?.outcomes.successful ?? 0

test("the total holds everything, a window what was counted since it began, whatever came when", () => {
  const gapMs = fc.oneof(
    fc.integer({ min: 0, max: 2 * sliceMs }),
    fc.constantFrom(0, sliceMs, longestWindowMs, longestWindowMs + sliceMs, 10 * longestWindowMs),
  )
  const windowSlices = fc.integer({ min: 0, max: longestWindowMs / sliceMs })
  fc.assert(
    fc.property(fc.array(gapMs, { minLength: 1, maxLength: 100 }), windowSlices, (gapsMs, back) => {
      const ledgers = new Ledgers()
      const times: number[] = []
      let nowMs = 0
      for (const gap of gapsMs) {
        nowMs += gap
        times.push(nowMs)
        ledgers.at(nowMs).callsFor(series).outcomes.ended(ended, false)
        const beginMs = sliceMs * (Math.floor(nowMs / sliceMs) - back)
        expect(countIn(ledgers.since(beginMs))).toBe(times.filter((atMs) => atMs >= beginMs).length)
        expect(countIn(ledgers.total())).toBe(times.length)
      }
    }),
  )
})

test("what comes a little late is counted with the newest", () => {
  const ledgers = new Ledgers()
  const newest = ledgers.at(2 * sliceMs)
  expect(ledgers.at(sliceMs)).toBe(newest)
})

test("nothing is left after a reset", () => {
  const ledgers = new Ledgers()
  ledgers.at(0).callsFor(series).outcomes.ended(ended, false)
  ledgers.reset()
  expect(countIn(ledgers.total())).toBe(0)
})
