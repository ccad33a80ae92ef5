import { assert, array, constantFrom, integer, property, tuple } from "fast-check"
import { describe, expect, test } from "vitest"
import { lowered, proven, raised, startingAt, unlimited } from "./concurrency.ts"
import type { Concurrency } from "./concurrency.ts"

const rules = { start: 8, max: 256 }

/** After so many successes, with so many attempts under way. */
const after = (successes: number, from: Concurrency, inFlight: number): Concurrency =>
  successes === 0 ? from : after(successes - 1, raised(from, inFlight, rules), inFlight)

/** After so many attempts that were not throttled. */
const afterTrials = (trials: number, from: Concurrency): Concurrency =>
  trials === 0 ? from : afterTrials(trials - 1, proven(from))

describe("a limit on attempts at once", () => {
  test("grows by one after as many successes as it is high", () => {
    expect(after(7, startingAt(8), 8).limit).toBe(8)
    expect(after(8, startingAt(8), 8).limit).toBe(9)
    expect(after(8 + 9 + 10, startingAt(8), 8).limit).toBe(11)
  })

  test("does not grow while not even half of it is used", () => {
    expect(after(100, startingAt(8), 3).limit).toBe(8)
    expect(after(8, startingAt(8), 4).limit).toBe(9)
  })

  test("falls to 0.7 of itself with a throttle, and not below one", () => {
    const falls = [100, 70, 49, 34, 23, 16, 11, 7, 4, 2, 1, 1]
    let state = startingAt(100)
    for (const limit of falls) {
      expect(state.limit).toBe(limit)
      state = lowered(state, limit, rules)
    }
  })

  test("does not fall while not even half of it is used: then it is not what the provider minds", () => {
    expect(lowered(startingAt(100), 49, rules).limit).toBe(100)
  })

  test("where there was none begins with 0.7 of what was under way, and not below the start", () => {
    expect(lowered(unlimited, 100, rules).limit).toBe(70)
    expect(lowered(unlimited, 2, rules).limit).toBe(8)
    expect(lowered(unlimited, 1_000, rules).limit).toBe(256)
  })

  test("stays between 1 and its maximum whatever happens", () => {
    const happening = tuple(constantFrom(lowered, raised), integer({ min: 0, max: 300 }))
    assert(
      property(array(happening, { maxLength: 500 }), (happenings) => {
        const { limit } = happenings.reduce(
          (state, [change, inFlight]) => change(state, inFlight, rules),
          startingAt(8),
        )
        expect(limit).toBeGreaterThanOrEqual(1)
        expect(limit).toBeLessThanOrEqual(256)
      }),
    )
  })
})

describe("after a throttle", () => {
  test("one attempt goes alone, then one more with every one that was not throttled, until all is as before", () => {
    const throttled = lowered(startingAt(8), 8, rules)
    expect([0, 1, 2, 3, 4].map((successes) => afterTrials(successes, throttled).trials)).toEqual([
      1,
      2,
      3,
      4,
      Infinity,
    ])
  })

  test("also where there is no limit", () => {
    const throttled = lowered(unlimited, 50, { start: Infinity, max: Infinity })
    expect(throttled).toMatchObject({ limit: Infinity, trials: 1 })
    expect(afterTrials(15, throttled)).toMatchObject({ limit: Infinity, trials: Infinity })
  })
})
