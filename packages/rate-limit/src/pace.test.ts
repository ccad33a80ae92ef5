import { expect, test } from "vitest"
import { hastened, slowed } from "./pace.ts"
import type { Pace } from "./pace.ts"

const perMinute = (pace: Pace | undefined): number => Math.round((pace?.bucket.perMs ?? Number.NaN) * 60_000)

/** After so many successes, so many milliseconds apart. */
function after(successes: number, apartMs: number, from: Pace): Pace | undefined {
  let pace: Pace | undefined = from
  for (let success = 1; success <= successes && pace !== undefined; success++)
    pace = hastened(pace, success * apartMs)
  return pace
}

test("a pace begins at 0.7 of what the provider took while there was a line, and not without one", () => {
  expect(perMinute(slowed(undefined, 100 / 60_000, 0))).toBe(70)
  expect(slowed(undefined, undefined, 0)).toBeUndefined()
})

test("a throttle takes it down to 0.7 of itself, or of what was really taken", () => {
  const pace = slowed(undefined, 100 / 60_000, 0)
  expect(perMinute(slowed(pace, undefined, 0))).toBe(49)
  expect(perMinute(slowed(pace, 90 / 60_000, 0))).toBe(49)
  expect(perMinute(slowed(pace, 10 / 60_000, 0))).toBe(7)
})

test("it is back where it was throttled after 30 successes, and not sooner than half a minute", () => {
  const pace = slowed(undefined, 100 / 60_000, 0)!
  expect(perMinute(after(30, 2_000, pace))).toBe(100)
  expect(perMinute(after(300, 100, pace))).toBe(100)
})

test("at twice the rate it was throttled at it is forgotten", () => {
  const pace = slowed(undefined, 100 / 60_000, 0)!
  expect(perMinute(after(129, 1_000, pace))).toBe(199)
  expect(after(131, 1_000, pace)).toBeUndefined()
})

test("calls go one by one, as evenly as it says", () => {
  expect(slowed(undefined, 1, 0)?.bucket).toMatchObject({ capacity: 1, of: "requests" })
})
