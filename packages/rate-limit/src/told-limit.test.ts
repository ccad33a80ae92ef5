import { expect, test } from "vitest"
import { believed, confirmed, learnt } from "./told-limit.ts"
import type { ToldLimit } from "./told-limit.ts"

/** What is known after these answers, each a minute after the one before, and each says that so much is left. */
function told(before: ToldLimit | undefined, ...remaining: readonly number[]): ToldLimit | undefined {
  let limit = before
  for (const [place, left] of remaining.entries()) {
    const atMs = 60_000 * (place + 1)
    const hearing = { atMs, unheard: 0, sentSince: 0, sent: place + 1 }
    const facts = { limit: 60, remaining: left, resetMs: 60_000 - 1_000 * left }
    limit = learnt(limit, "requests", facts, hearing, { sinceMs: atMs, amount: 1 }, atMs)
  }
  return limit
}

test("nothing left, time and again, in spite of three answers and all that must have come in, is not believed", () => {
  expect(believed(told(undefined, 0, 0, 0))).toBeDefined()
  expect(believed(told(undefined, 0, 0, 0, 0))).toBeUndefined()
})

test("who says something else is believed again", () => {
  expect(believed(told(undefined, 0, 0, 0, 0, 5))).toBeDefined()
  expect(believed(told(undefined, 0, 0, 5, 0, 0, 0))).toBeDefined()
})

test("a throttle makes it likelier, but no truth of what was disproved", () => {
  const doubted = told(undefined, 0, 0, 0)
  expect(believed(told(doubted && confirmed(doubted), 0, 0, 0))).toBeDefined()
  const refuted = told(undefined, 0, 0, 0, 0)
  expect(believed(refuted && confirmed(refuted))).toBeUndefined()
})
