import { describe, expect, test } from "vitest"
import type { Bucket } from "./bucket.ts"
import { isRefuted, prolonged } from "./drought.ts"
import type { Drought } from "./drought.ts"

/** Ten come in a minute, or what the test says. */
const word = (atMs: number, more: Partial<Bucket> = {}): Bucket => ({
  of: "requests",
  capacity: 10,
  level: 0,
  atMs,
  perMs: 10 / 60_000,
  ...more,
})

/** So many attempts, each begun and answered so many milliseconds after the one before, and never anything left. */
function after(answers: number, everyMs: number, more: Partial<Bucket> = {}, unanswered = 0): boolean {
  let drought: Drought = prolonged(undefined, word(0, more), { sent: 0, unheard: 0 }, undefined)
  for (let number = 1; number <= answers; number++) {
    const atMs = number * everyMs
    const sent = { sent: number + unanswered, unheard: unanswered }
    drought = prolonged(drought, word(atMs, more), sent, { sinceMs: atMs, amount: 1 })
  }
  return isRefuted(drought, answers + unanswered)
}

describe("nothing is left, says the provider", () => {
  test("and what comes in is taken at once: that can be so", () => {
    expect(after(100, 6_000)).toBe(false)
    expect(after(100, 11_000)).toBe(false)
  })

  test("but more is taken than came in: not so, at the first answer", () => {
    expect(after(1, 3_000)).toBe(true)
    expect(after(1, 60_000, { perMs: 0, renewal: { atMs: 86_400_000, everyMs: 86_400_000 } })).toBe(true)
  })

  test("but more came in than is taken: not so, unless others had it", () => {
    expect([after(2, 15_000), after(3, 15_000)]).toEqual([false, true])
  })

  test("and what was sent may have taken the rest: that can be so", () => {
    expect(after(3, 15_000, {}, 1)).toBe(false)
  })

  test("of one that is counted anew: so much comes in at each renewal", () => {
    const renewed = (number: number) => ({
      perMs: 0,
      capacity: 1,
      renewal: { atMs: number, everyMs: 60_000 },
    })
    let drought = prolonged(undefined, word(0, renewed(20_000)), { sent: 5, unheard: 0 }, undefined)
    for (const atMs of [20_000, 80_000, 140_000])
      drought = prolonged(
        drought,
        word(atMs, renewed(atMs + 60_000)),
        { sent: 8, unheard: 0 },
        { sinceMs: atMs, amount: 1 },
      )
    expect(isRefuted(drought, 8)).toBe(false)
  })

  test("and answers to what was under way before say nothing", () => {
    const before = prolonged(undefined, word(1_000), { sent: 8, unheard: 7 }, undefined)
    const now = prolonged(before, word(1_500), { sent: 8, unheard: 6 }, { sinceMs: 500, amount: 1 })
    expect([now.taken, now.answers, isRefuted(now, 8)]).toEqual([0, 0, false])
  })
})
