import { seededRandom, virtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import { describe, expect, test } from "vitest"
import { limited } from "../figures/stage/limited.ts"
import { answer, failure } from "../figures/stage/provider.ts"

const question = {
  path: "/chat/completions",
  method: "POST",
  body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Why do sheep follow a bell?" }] }),
}

const minuteMs = 60_000

/** What became of one call. */
interface Fate {
  readonly atMs: number
  readonly tookMs: number
  readonly isAnswered: boolean
}

/** The preset over one target, and one call after the other, so many milliseconds apart. */
async function played(
  visit: (number: number, clock: ReturnType<typeof virtualClock>) => Response | Promise<Response>,
  { everyMs, minutes }: { readonly everyMs: number; readonly minutes: number },
): Promise<readonly Fate[]> {
  const clock = virtualClock()
  let number = 0
  const pipeline = bellwether({
    endpoints: [{ id: "alpha", baseURL: "https://alpha.test/v1", key: "sk-1" }],
    health: false,
    clock,
    random: seededRandom(1),
    fetch: async () => visit(number++, clock),
  })
  const call = async (atMs: number): Promise<Fate> => {
    await clock.sleep(atMs)
    const { ok } = await pipeline.call(question)
    return { atMs, tookMs: clock.now() - atMs, isAnswered: ok }
  }
  const count = (minutes * minuteMs) / everyMs
  const fates = await clock.runUntil(Promise.all(Array.from({ length: count }, (_, i) => call(i * everyMs))))
  await clock.runUntil(pipeline.close())
  return fates
}

/** One throttle, and from then on answers that say this. */
const onceThenSaying = (headers: Readonly<Record<string, string>>) => (number: number) => {
  const response = number === 0 ? failure(429) : answer()
  const said = number === 0 ? { "retry-after": "1" } : headers
  for (const [name, value] of Object.entries(said)) response.headers.set(name, value)
  return response
}

/** Those of which the bare SDK would have been better off. */
const worseOff = (fates: readonly Fate[], sinceMs: number): readonly Fate[] =>
  fates.filter(({ atMs, tookMs, isAnswered }) => atMs >= sinceMs && !(isAnswered && tookMs < 1_000))

const said = (limit: number, remaining: number, reset: string, of = "requests") => ({
  [`x-ratelimit-limit-${of}`]: String(limit),
  [`x-ratelimit-remaining-${of}`]: String(remaining),
  [`x-ratelimit-reset-${of}`]: reset,
})

describe("a provider that throttled once, and then says what its own answers disprove", () => {
  test.each([
    ["nothing left of 1,000 a minute", said(1_000, 0, "60s"), 1],
    ["nothing left, and no reset anybody could believe", said(60, 0, "9999h"), 1],
    ["nothing left for three weeks", said(60, 0, "500h"), 2],
    ["nothing left of 1,000, for 1e6 seconds", said(1_000, 0, "1000000"), 2],
    [
      "nothing left for a day, of no limit",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "86400" },
      2,
    ],
    ["nothing left, as the draft has it", { ratelimit: "limit=10, remaining=0, reset=999999" }, 2],
    ["a limit of one token, all used", said(1, 0, "60s", "tokens"), 2],
    ["no tokens left", said(100_000, 0, "60s", "tokens"), 1],
    ["no tokens left for a day", said(100_000, 0, "24h", "tokens"), 4],
  ])("%s: is believed for a few minutes at most", async (_, headers, minutes) => {
    const fates = await played(onceThenSaying(headers), { everyMs: 1_000, minutes: 30 })
    expect(worseOff(fates, minutes * minuteMs)).toEqual([])
  })

  test.each([
    ["nothing left of ten a minute", said(10, 0, "60s")],
    ["nothing left, and 1e9 seconds", { ratelimit: "limit=10, remaining=0, reset=1000000000" }],
    ["hardly anything left of 1,000", said(1_000, 3, "60s")],
    ["little left for a day", said(100, 3, "24h")],
  ])("%s, of which nobody can tell: is heeded for ten minutes at most", async (_, headers) => {
    const fates = await played(onceThenSaying(headers), { everyMs: 1_000, minutes: 30 })
    expect(worseOff(fates, 11 * minuteMs)).toEqual([])
  })

  test.each([2_500, 4_000, 10_000])("with a call each %d ms too", async (everyMs) => {
    const fates = await played(onceThenSaying(said(1_000, 0, "60s")), { everyMs, minutes: 30 })
    expect(worseOff(fates, 2 * minuteMs)).toEqual([])
  })
})

describe("a provider whose words are true", () => {
  test.each([3, 10, 60])("of %d a minute is believed, although often nothing is left", async (limit) => {
    const provider = limited({ requestsPerMinute: limit, tells: true, serviceMs: 500 })
    await played(async (_, clock) => provider.visit({ clock } as never), {
      everyMs: 1_000,
      minutes: 60,
    })
    expect(provider.answered).toBeGreaterThan(0.9 * 60 * limit)
    expect(provider.throttled).toBeLessThan(0.1 * provider.answered)
  })
})
