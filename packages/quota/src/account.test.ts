import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check"
import { describe, expect, test } from "vitest"
import { Account } from "./account.ts"
import type { Claim } from "./account.ts"
import { frameOf, periodStart } from "./frame.ts"

const minuteMs = 60_000
const never = Number.MAX_SAFE_INTEGER
const steps = array(
  record({
    afterMs: integer({ min: 0, max: 30_000 }),
    amount: integer({ min: 0, max: 50 }),
    settles: boolean(),
  }),
  { maxLength: 60 },
)

const claim = (amount: number): Claim => ({ amount, certain: () => amount })

interface Spent {
  readonly dateMs: number
  readonly amount: number
}

const within = (spent: readonly Spent[], from: number, to: number): number =>
  spent.filter(({ dateMs }) => dateMs > from && dateMs <= to).reduce((sum, { amount }) => sum + amount, 0)

describe("against a list of everything that was ever spent", () => {
  test("a rolling window never forgets too early, and at most one of 60 slots too late", () => {
    assert(
      property(steps, (history) => {
        const account = new Account(frameOf("minute", "rolling"), never)
        const spent: Spent[] = []
        let dateMs = 1_000_000_000
        for (const { afterMs, amount, settles } of history) {
          dateMs += afterMs
          const reservation = account.reserve(claim(settles ? amount + 7 : amount), dateMs)
          if (settles) reservation.settle(amount)
          spent.push({ dateMs, amount })
          const used = account.used(dateMs)
          expect(used).toBeGreaterThanOrEqual(within(spent, dateMs - minuteMs, dateMs))
          expect(used).toBeLessThanOrEqual(within(spent, dateMs - minuteMs - minuteMs / 60, dateMs))
        }
      }),
    )
  })

  test("a calendar window is exact, whatever the months", () => {
    assert(
      property(steps, constantFrom("hour", "day", "month"), (history, per) => {
        const account = new Account(frameOf(per, "calendar"), never)
        const spent: Spent[] = []
        let dateMs = Date.UTC(2028, 1, 28, 23, 50)
        for (const { afterMs, amount, settles } of history) {
          dateMs += afterMs * 2_000
          const reservation = account.reserve(claim(amount), dateMs)
          if (settles) reservation.settle(amount)
          spent.push({ dateMs, amount })
          expect(account.used(dateMs)).toBe(within(spent, periodStart(per, dateMs) - 1, dateMs))
        }
      }),
    )
  })

  test("who waits as long as it is told has room then, and not a slot before", () => {
    assert(
      property(steps, integer({ min: 1, max: 100 }), (history, amount) => {
        const account = new Account(frameOf("minute", "rolling"), never)
        let dateMs = 1_000_000_000
        for (const step of history) {
          dateMs += step.afterMs
          if (account.shortage(step.amount, 100, dateMs) === undefined)
            account.reserve(claim(step.amount), dateMs).settle(step.amount)
        }
        const last = account.shortage(amount, 100, dateMs)
        if (last?.untilMs === undefined) return
        expect(account.shortage(amount, 100, last.untilMs - 1)).toBeDefined()
        expect(account.shortage(amount, 100, last.untilMs)).toBeUndefined()
      }),
    )
  })
})

test("an account of a month keeps a fixed number of slots, however much happens in it", () => {
  const frame = frameOf("month", "rolling")
  const account = new Account(frame, never)
  let dateMs = 0
  for (let call = 0; call < 20_000; call++) {
    account.reserve(claim(1), dateMs).settle(1)
    dateMs += 20 * minuteMs
  }
  expect(account.untold().length).toBeLessThanOrEqual(61)
})

test("what is set aside is told apart, and nobody knows when it comes back", () => {
  const account = new Account(frameOf("day", "calendar"), never)
  account.reserve(claim(60), 0).settle(60)
  const underWay = account.reserve(claim(40), 0)
  expect(account.shortage(1, 100, 0)).toEqual({ used: 100, held: 40 })
  underWay.settle(10)
  expect(account.shortage(31, 100, 0)).toEqual({ used: 70, held: 0, untilMs: 86_400_000 })
  expect(account.shortage(101, 100, 0)).toEqual({ used: 70, held: 0 })
  expect(account.shortage(30, 100, 0)).toBeUndefined()
})

test("what nobody could have used or known neither spoils an account nor is free", () => {
  const account = new Account(frameOf("day", "calendar"), never)
  account.reserve(claim(5), 0).settle(5)
  for (const absurd of [Infinity, 1e308, 2 ** 53]) {
    const reservation = account.reserve(claim(absurd), 0)
    expect(account.used(0)).toBe(1e15 + 5)
    reservation.settle(0)
    expect(account.used(0)).toBe(5)
  }
  account.reserve(claim(7), 0).settle(Number.NaN)
  account.reserve(claim(7), 0).settle(-1)
  account.reserve(claim(Number.NaN), 0).settle(1)
  expect([account.used(0), account.held(0)]).toEqual([20, 0])
  account.reserve(claim(7), 0).settle(Infinity)
  expect(account.used(0)).toBe(1e15 + 20)
  expect(account.used(2 * 86_400_000)).toBe(0)
})
