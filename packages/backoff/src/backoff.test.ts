import { assert, constantFrom, double, integer, nat, oneof, property } from "fast-check"
import { describe, expect, test } from "vitest"
import {
  decorrelatedJitter,
  equalJitter,
  exponential,
  fullJitter,
  jittered,
  longestDelayMs,
  type Backoff,
  type BackoffOptions,
} from "./index.ts"

const formulas: Readonly<Record<string, (options?: BackoffOptions) => Backoff>> = {
  exponential,
  fullJitter,
  equalJitter,
  decorrelatedJitter,
}

const chance = oneof(
  constantFrom(0, 1 - 2 ** -53),
  double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
)
const milliseconds = oneof(
  constantFrom(0, 1e-9, longestDelayMs, Number.MAX_VALUE, Infinity),
  double({ min: 0, noNaN: true }),
)
const drawing = (drawn: number) => ({ next: () => drawn })

describe.each(Object.entries(formulas))("%s", (_name, formula) => {
  test("stays within its cap and what a timer can wait, whatever it is given", () => {
    assert(
      property(
        milliseconds,
        milliseconds,
        double(),
        double(),
        chance,
        (baseMs, capMs, attempt, previousMs, drawn) => {
          const delayMs = formula({ baseMs, capMs })(attempt, previousMs, drawing(drawn))
          expect(delayMs).toBeGreaterThanOrEqual(0)
          expect(delayMs).toBeLessThanOrEqual(Math.min(capMs, longestDelayMs))
        },
      ),
    )
  })

  test("never shrinks its bounds while a call goes on failing", () => {
    assert(
      property(integer({ min: 1, max: 2000 }), nat({ max: 30_000 }), chance, (attempt, previousMs, drawn) => {
        const backoff = formula()
        const now = backoff(attempt, previousMs, drawing(drawn))
        expect(backoff(attempt + 1, previousMs + 1, drawing(drawn))).toBeGreaterThanOrEqual(now)
      }),
    )
  })

  test.each([
    [{ baseMs: -1 }, "baseMs must be a number of milliseconds of at least 0, not -1."],
    [{ capMs: Number.NaN }, "capMs must be a number of milliseconds of at least 0, not NaN."],
  ])("refuses %j", (options, sentence) => {
    expect(() => formula(options)).toThrow(new RangeError(sentence))
  })
})

const draws = [0, 0.25, 0.5, 1 - 2 ** -53]
const delays = (backoff: Backoff, attempt: number, previousMs: number) =>
  draws.map((drawn) => Math.round(backoff(attempt, previousMs, drawing(drawn))))

test("the formulas are the published ones", () => {
  const options = { baseMs: 100, capMs: 1000 }
  expect([1, 2, 3, 4, 5, 6].map((attempt) => exponential(options)(attempt, 0, drawing(0.5)))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ])
  expect(delays(fullJitter(options), 3, 0)).toEqual([0, 100, 200, 400])
  expect(delays(equalJitter(options), 3, 0)).toEqual([200, 250, 300, 400])
  expect(delays(decorrelatedJitter(options), 1, 0)).toEqual([100, 150, 200, 300])
  expect(delays(decorrelatedJitter(options), 2, 300)).toEqual([100, 300, 500, 900])
  expect(delays(decorrelatedJitter(options), 3, 900)).toEqual([100, 325, 550, 1000])
})

test("a factor other than two grows as fast as it says, and one below one is refused", () => {
  expect(exponential({ baseMs: 100, factor: 3 })(3, 0, drawing(0))).toBe(900)
  expect(() => exponential({ factor: 0.5 })).toThrow("factor must be a number of at least 1, not 0.5.")
})

test("the default starts at 250 ms and ends at 8 s", () => {
  expect(delays(decorrelatedJitter(), 1, 0)).toEqual([250, 375, 500, 750])
  expect(delays(decorrelatedJitter(), 9, 8000)).toEqual([250, 2188, 4125, 8000])
})

describe("a jittered hint", () => {
  test("is never earlier than the hint and at most a fifth or 100 ms later", () => {
    assert(
      property(double({ min: 0, max: longestDelayMs / 2, noNaN: true }), chance, (hintMs, drawn) => {
        const delayMs = jittered(hintMs, drawing(drawn))
        expect(delayMs).toBeGreaterThanOrEqual(hintMs)
        expect(delayMs).toBeLessThanOrEqual(hintMs + Math.max(100, hintMs * 0.2) + 1e-6)
      }),
    )
  })

  test("spreads over the whole range", () => {
    expect(draws.map((drawn) => Math.round(jittered(10_000, drawing(drawn))))).toEqual([
      10_000, 10_500, 11_000, 12_000,
    ])
    expect(draws.map((drawn) => Math.round(jittered(20, drawing(drawn))))).toEqual([20, 45, 70, 120])
  })

  test("survives garbage", () => {
    expect(jittered(Number.NaN, drawing(0.5))).toBe(50)
    expect(jittered(-5, drawing(0.5))).toBe(50)
    expect(jittered(Infinity, drawing(0.5))).toBe(longestDelayMs)
  })
})
