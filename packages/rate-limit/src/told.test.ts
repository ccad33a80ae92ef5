import { readRateLimits } from "@bellwether/wire"
import { assert, double, nat, property, record } from "fast-check"
import { describe, expect, test } from "vitest"
import { holdsAtMs, refilled } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import { told } from "./told.ts"
import type { Hearing } from "./told.ts"

const justNow: Hearing = { atMs: 1_000, unheard: 0, sentSince: 0 }
const dateMs = Date.UTC(2026, 0, 1)

/** What is made of these headers, by who has heard nothing before. */
function heard(headers: Record<string, string>, of: "requests" | "tokens" = "requests"): Bucket | undefined {
  const facts = readRateLimits(new Headers(headers), dateMs)?.[of]
  return facts && told(undefined, of, facts, justNow, 1_000)
}

describe("what a provider says of a limit", () => {
  test("that fills all the time is used to 95 %, as a rate", () => {
    const bucket = heard({
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "13",
      "x-ratelimit-reset-requests": "47s",
    })
    expect(bucket).toEqual({ of: "requests", capacity: 57, level: 10, atMs: 1_000, perMs: 0.95 / 1_000 })
  })

  test("a day long is spread over the day", () => {
    const bucket = heard({
      "x-ratelimit-limit-requests": "200",
      "x-ratelimit-remaining-requests": "199",
      "x-ratelimit-reset-requests": "7m12s",
    })
    expect(bucket?.perMs).toBeCloseTo((0.95 * 200) / 86_400_000, 12)
  })

  test("that is counted anew gives nothing before its reset", () => {
    const bucket = heard({
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "1",
      "x-ratelimit-reset": String(dateMs + 30_000),
    })
    expect(bucket).toMatchObject({ level: 0, capacity: 19, perMs: 0, renewal: { atMs: 31_000 } })
    expect(bucket && holdsAtMs(bucket, 1, 1_000)).toBe(31_000)
  })

  test("of Anthropic, of which all is used up, comes back bit by bit", () => {
    const bucket = heard(
      {
        "anthropic-ratelimit-tokens-limit": "10000",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-01-01T00:01:00Z",
      },
      "tokens",
    )
    expect(bucket?.level).toBe(-500)
    expect(bucket && holdsAtMs(bucket, 1_000, 1_000)).toBeCloseTo(1_000 + (1_500 * 60_000) / 9_500, 3)
  })

  test("without a reset is taken for a minute's", () => {
    const bucket = heard({ "x-ratelimit-limit-requests": "100", "x-ratelimit-remaining-requests": "50" })
    expect(bucket).toMatchObject({ level: 45, perMs: 95 / 60_000 })
  })

  test("without a limit says something only when nothing is left", () => {
    const reset = { "x-ratelimit-reset-requests": "20s" }
    expect(heard({ "x-ratelimit-remaining-requests": "5", ...reset })).toBeUndefined()
    const spent = heard({ "x-ratelimit-remaining-requests": "0", ...reset })
    expect(spent && holdsAtMs(spent, 1, 1_000)).toBe(21_000)
  })

  test.each([
    { "x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0" },
    { "x-ratelimit-limit-requests": "60" },
    { "x-ratelimit-reset-requests": "1s" },
  ])("of which nothing can be made, %j, changes nothing", (headers) => {
    expect(heard(headers)).toBeUndefined()
  })

  test("that was fine when the window was young does not end in a window without length", () => {
    const bucket = heard(
      {
        "x-ratelimit-limit-tokens": "30000000",
        "x-ratelimit-remaining-tokens": "29999984",
        "x-ratelimit-reset-tokens": "0s",
      },
      "tokens",
    )
    expect(bucket?.renewal).toEqual({ atMs: 2_000, everyMs: 1_000 })
  })
})

describe("one's own account, when the provider has spoken", () => {
  const facts = { limit: 60, remaining: 33, resetMs: 27_000 }
  const levelAfter = (own: number, hearing: Partial<Hearing>, nowMs = 1_000): number | undefined =>
    told(
      { of: "requests", capacity: 57, level: own, atMs: nowMs, perMs: 0.95 / 1_000 },
      "requests",
      facts,
      { ...justNow, ...hearing },
      nowMs,
    )?.level

  test("is believed between its word and what it may not have counted yet", () => {
    expect(levelAfter(57, { unheard: 10 })).toBe(30)
    expect(levelAfter(25, { unheard: 10 })).toBe(25)
    expect(levelAfter(-40, { unheard: 10 })).toBe(20)
  })

  test("goes on from the moment in which it spoke", () => {
    expect(levelAfter(57, { sentSince: 8 })).toBe(22)
    expect(levelAfter(57, {}, 11_000)).toBeCloseTo(39.5)
  })

  test("starts anew when the limit is another one", () => {
    const before: Bucket = { of: "requests", capacity: 10, level: 1, atMs: 1_000, perMs: 1 }
    expect(told(before, "requests", facts, { ...justNow, unheard: 4 }, 1_000)).toMatchObject({
      level: 26,
      capacity: 57,
    })
  })

  test("keeps what it knew when the provider says nothing readable", () => {
    const before: Bucket = { of: "requests", capacity: 10, level: 1, atMs: 1_000, perMs: 1 }
    expect(told(before, "requests", { resetMs: 5 }, justNow, 1_000)).toBe(before)
  })

  test("is finite and never beyond what the provider has, whatever it says", () => {
    const anything = record(
      {
        limit: double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        remaining: double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        resetMs: nat({ max: 366 * 86_400_000 }),
      },
      { requiredKeys: [] },
    )
    assert(
      property(
        anything,
        anything,
        nat({ max: 100 }),
        nat({ max: 100 }),
        (first, second, unheard, sentSince) => {
          const before = told(undefined, "requests", first, justNow, 1_000)
          const now = told(before, "requests", second, { atMs: 1_500, unheard, sentSince }, 2_000)
          if (now === undefined) return
          const { level, capacity, perMs } = refilled(now, 3_000)
          expect([level, capacity, perMs].every(Number.isFinite)).toBe(true)
          expect(level).toBeLessThanOrEqual(capacity)
          expect(holdsAtMs(now, 1, 3_000)).toBeLessThan(Infinity)
        },
      ),
    )
  })
})
