import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readRateLimits } from "./rate-limits.ts"
import { readRetryAfter } from "./retry-after.ts"

const dateMs = Date.UTC(2026, 10, 23, 12)
const year = 366 * 86_400_000
const read = (headers: Record<string, string>, status?: number): number | undefined =>
  readRetryAfter(new Headers(headers), dateMs, status)

describe("the hint when to come back", () => {
  test.each([
    ["milliseconds", { "retry-after-ms": "1500" }, 1500],
    ["Azure's milliseconds", { "x-ms-retry-after-ms": "1500" }, 1500],
    ["seconds", { "retry-after": "3" }, 3000],
    ["parts of a second", { "retry-after": "0.25" }, 250],
    ["no time at all", { "retry-after": "0" }, 0],
    ["a date", { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, 30_000],
    ["a date in the old format", { "retry-after": "Monday, 23-Nov-26 12:00:30 GMT" }, 30_000],
    ["a date in C's format", { "retry-after": "Mon Nov 23 12:00:30 2026" }, 30_000],
    ["a date that has passed", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }, 0],
    ["three days in milliseconds", { "retry-after-ms": "274579000" }, 274_579_000],
    ["a time beyond belief", { "retry-after": "99999999999999" }, undefined],
    ["a date beyond belief", { "retry-after": "Fri, 01 Jan 9999 00:00:00 GMT" }, undefined],
    ["milliseconds before seconds", { "retry-after-ms": "10", "retry-after": "3" }, 10],
    ["seconds when the milliseconds are garbage", { "retry-after-ms": "soon", "retry-after": "3" }, 3000],
  ])("is read as %s", (_, headers, delayMs) => {
    expect(read(headers)).toBe(delayMs)
  })

  test.each([
    "",
    "soon",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "Infinity",
    "NaN",
    "1 second",
    "1,5",
    "9".repeat(400),
    "2026-11-23",
  ])("is nothing when Retry-After is %j", (value) => {
    expect(read({ "retry-after": value, "retry-after-ms": value })).toBeUndefined()
  })

  test("is the reset of the limit that is used up", () => {
    const headers = {
      "x-ratelimit-remaining-requests": "12",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6m0s",
    }
    expect(read(headers)).toBe(360_000)
    expect(read({ ...headers, "x-ratelimit-remaining-requests": "0" })).toBe(360_000)
  })

  test("is the soonest reset on a 429 that says nothing else, and nothing on another status", () => {
    const headers = {
      "x-ratelimit-remaining-requests": "12",
      "x-ratelimit-reset-requests": "2s",
      "x-ratelimit-reset-tokens": "3s",
    }
    expect(read(headers, 429)).toBe(2000)
    expect(read(headers, 503)).toBeUndefined()
    expect(read(headers)).toBeUndefined()
  })

  test("is a whole, finite number of milliseconds within a year, or nothing, for any headers", () => {
    const name = fc.constantFrom(
      "retry-after",
      "retry-after-ms",
      "x-ms-retry-after-ms",
      "ratelimit",
      "x-ratelimit-remaining-requests",
      "x-ratelimit-reset-requests",
      "x-ratelimit-reset",
      "anthropic-ratelimit-tokens-reset",
    )
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc
        .tuple(fc.nat(), fc.constantFrom("ms", "s", "m", "h", "d"))
        .map(([amount, unit]) => `${amount}${unit}`),
      fc.constantFrom("0", "r=0;t=5", "limit=1, remaining=0, reset=1"),
    )
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.constantFrom(undefined, 429, 503), (headers, status) => {
        const reader = { get: (wanted: string) => headers[wanted] ?? null }
        const delayMs = readRetryAfter(reader, dateMs, status)
        if (delayMs === undefined) return
        expect(Number.isInteger(delayMs)).toBe(true)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThanOrEqual(year)
      }),
      { numRuns: 1000 },
    )
  })
})

describe("the rate limits in the headers", () => {
  test.each([
    [
      "OpenAI and Groq",
      {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "29000",
        "x-ratelimit-reset-tokens": "2m59.56s",
      },
      {
        requests: { limit: 500, remaining: 499, resetMs: 120 },
        tokens: { limit: 30_000, remaining: 29_000, resetMs: 179_560 },
      },
    ],
    [
      "Anthropic",
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-23T12:00:10Z",
        "anthropic-ratelimit-input-tokens-remaining": "1000",
      },
      { requests: { limit: 50, remaining: 0, resetMs: 10_000 }, tokens: { remaining: 1000 } },
    ],
    [
      "OpenRouter, in milliseconds since 1970",
      { "x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(dateMs + 5000) },
      { requests: { limit: 20, remaining: 0, resetMs: 5000 } },
    ],
    [
      "GitHub, in seconds since 1970",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(dateMs / 1000 + 5) },
      { requests: { remaining: 0, resetMs: 5000 } },
    ],
    ["Azure, in seconds", { "x-ratelimit-reset-requests": "10" }, { requests: { resetMs: 10_000 } }],
    [
      "Cerebras",
      { "x-ratelimit-remaining-tokens-minute": "0", "x-ratelimit-reset-tokens-minute": "11.382867" },
      { tokens: { remaining: 0, resetMs: 11_383 } },
    ],
    [
      "the draft, newest",
      { ratelimit: '"default";r=0;t=30' },
      { requests: { remaining: 0, resetMs: 30_000 } },
    ],
    [
      "the draft, before that",
      { ratelimit: "limit=100, remaining=50, reset=30" },
      { requests: { limit: 100, remaining: 50, resetMs: 30_000 } },
    ],
    [
      "the draft, at first",
      { "ratelimit-limit": "100", "ratelimit-remaining": "50", "ratelimit-reset": "30" },
      { requests: { limit: 100, remaining: 50, resetMs: 30_000 } },
    ],
  ])("of %s are read", (_, headers, limits) => {
    expect(readRateLimits(new Headers(headers as Record<string, string>), dateMs)).toEqual(limits)
  })

  test("are nothing when there are none, or none that can be read", () => {
    expect(readRateLimits(new Headers({ "content-type": "text/plain" }), dateMs)).toBeUndefined()
    expect(
      readRateLimits(new Headers({ "x-ratelimit-limit-requests": "many", ratelimit: "?" }), dateMs),
    ).toBeUndefined()
  })

  test("keep what can be read beside what cannot", () => {
    const headers = new Headers({
      "x-ratelimit-remaining-requests": "3",
      "x-ratelimit-reset-requests": "never",
    })
    expect(readRateLimits(headers, dateMs)).toEqual({ requests: { remaining: 3 } })
  })
})
