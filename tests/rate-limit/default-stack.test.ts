import type { CallResult } from "@bellwether/core"
import { withPipeline } from "@bellwether/openai"
import { seededRandom, virtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import { OpenAI, RateLimitError } from "openai"
import { describe, expect, test } from "vitest"
import { answer, failure } from "../figures/stage/provider.ts"

/** What a provider does with the request of this number, from 0: how long it takes, and whether it throttles. */
type Provider = (number: number, atMs: number) => { readonly tookMs: number; readonly response: Response }

const fine = (tookMs = 500) => ({ tookMs, response: answer() })

/** Throttles come at once. */
function throttle(hintMs?: number) {
  const response = failure(429)
  if (hintMs !== undefined) response.headers.set("retry-after-ms", String(hintMs))
  return { tookMs: 50, response }
}

const throttlesOnce =
  (count: number, hintMs?: number): Provider =>
  (number) =>
    number < count ? throttle(hintMs) : fine()

const question = {
  path: "/chat/completions",
  method: "POST",
  body: JSON.stringify({ model: "m", messages: [] }),
}

/** The preset over providers in virtual time, each a tier of its own. */
function stageOf(providers: Readonly<Record<string, Provider>>, options: Partial<BellwetherOptions> = {}) {
  const clock = virtualClock()
  const sent: { readonly endpoint: string; readonly atMs: number }[] = []
  const pipeline = bellwether({
    endpoints: Object.keys(providers).map((id) => ({ id, baseURL: `https://${id}.test/v1`, key: "sk-1" })),
    health: false,
    clock,
    random: seededRandom(1),
    async fetch(url, { signal }) {
      const [endpoint = ""] = new URL(url).hostname.split(".")
      const number = sent.filter((one) => one.endpoint === endpoint).length
      sent.push({ endpoint, atMs: clock.now() })
      const { tookMs, response } = providers[endpoint]?.(number, clock.now()) ?? fine()
      await clock.sleep(tookMs, signal ?? undefined)
      return response
    },
    ...options,
  })
  const begin = (): Promise<CallResult> => pipeline.call(question)
  return {
    clock,
    sent,
    pipeline,
    begin,
    ask: () => clock.runUntil(begin()),
    many: (count: number) => clock.runUntil(Promise.all(Array.from({ length: count }, begin))),
    /** One call after the other, so many milliseconds apart. */
    async steadily(count: number, everyMs: number): Promise<readonly CallResult[]> {
      const calls: Promise<CallResult>[] = []
      for (let number = 0; number < count; number++) {
        calls.push(begin())
        await clock.advance(everyMs)
      }
      return clock.runUntil(Promise.all(calls))
    },
  }
}

const answeredOf = (results: readonly CallResult[]): number => results.filter(({ ok }) => ok).length

describe("a sole target that throttles 30 callers at once", () => {
  test.each([
    ["names no time", undefined],
    ["names 20 s", 20_000],
  ] as const)("and %s: each is answered by a second try, whatever the retry budget", async (_, hintMs) => {
    const { many, sent } = stageOf({ alpha: throttlesOnce(30, hintMs) })
    expect(answeredOf(await many(30))).toBe(30)
    expect(sent).toHaveLength(60)
  })

  test("and takes long for its answers: nobody waits for those of others", async () => {
    const slow: Provider = (number) => (number < 30 ? throttle(1_000) : fine(25_000))
    const { many, clock } = stageOf({ alpha: slow })
    expect(answeredOf(await many(30))).toBe(30)
    expect(clock.now()).toBeLessThan(60_000)
  })
})

describe("law 4: a provider that does nothing but throttle", () => {
  test.each([
    ["no time", undefined],
    ["a tenth of a second", 100],
    ["5 s", 5_000],
  ] as const)("and names %s sees no more than 1.2 times the load", async (_, hintMs) => {
    const calls = 600
    const { steadily, sent } = stageOf({ alpha: () => throttle(hintMs) })
    expect(answeredOf(await steadily(calls, 1_000))).toBe(0)
    // What the retry budget holds at first comes on top.
    expect(sent.length).toBeLessThanOrEqual(1.2 * calls + 10)
  })
})

describe("where everybody throttles", () => {
  test("a call waits, beyond the patience for one of several, for who is back first", async () => {
    const { ask, sent, clock } = stageOf({ alpha: throttlesOnce(1, 25_000), beta: throttlesOnce(1, 10_000) })
    expect((await ask()).ok).toBe(true)
    expect(sent.map(({ endpoint }) => endpoint)).toEqual(["alpha", "beta", "beta"])
    expect(clock.now()).toBeLessThan(13_000)
  })

  test("but rather repeats where nobody is late", async () => {
    const { ask, sent, clock } = stageOf({
      alpha: throttlesOnce(1, 10_000),
      beta: (number) => (number < 2 ? { tookMs: 50, response: failure(503) } : fine()),
    })
    expect((await ask()).ok).toBe(true)
    expect(sent.map(({ endpoint }) => endpoint)).toEqual(["alpha", "beta", "beta", "beta"])
    expect(clock.now()).toBeLessThan(5_000)
  })

  test("but not for half a minute and more: the caller gets the provider's own error", async () => {
    const { ask, sent, clock } = stageOf({ alpha: throttlesOnce(1, 31_000), beta: throttlesOnce(1, 50_000) })
    expect(await ask()).toMatchObject({ ok: false, failure: { status: 429, class: "rate-limited" } })
    expect(sent).toHaveLength(2)
    expect(clock.now()).toBeLessThan(1_000)
  })

  test("and nobody may be asked, the SDK throws its RateLimitError, with when the first is back", async () => {
    const providers = { alpha: throttlesOnce(1, 40_000), beta: throttlesOnce(1, 50_000) }
    const { ask, pipeline, clock, sent } = stageOf(providers, { router: { onUnavailable: "fail" } })
    await ask()
    const client = new OpenAI(withPipeline(pipeline))
    const asked = client.chat.completions.create({ model: "m", messages: [] })
    const error: unknown = await clock.runUntil(asked.catch((reason: unknown) => reason))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, code: "rate-limited", type: "rate_limit_error" })
    expect(Number((error as RateLimitError).headers.get("retry-after"))).toBe(40)
    expect(sent).toHaveLength(2)
  })
})

test("a pause too long to wait for is undercut by a try each ten seconds, however many ask", async () => {
  const { steadily, sent } = stageOf({ alpha: () => throttle(61_000) })
  await steadily(600, 100)
  expect(sent.length).toBeGreaterThan(1)
  expect(sent.length).toBeLessThanOrEqual(1 + 7)
})

describe("one gate, kept by each who needs it", () => {
  test.each([
    ["retry alone", { rateLimit: false }],
    ["rate-limit alone", { retry: false }],
    ["both", {}],
  ] as const)("%s: closed until the very end of the hint, and open then", async (_, options) => {
    const { ask, clock, pipeline } = stageOf({ alpha: throttlesOnce(1, 90_000) }, options)
    await ask()
    const stateOf = () => pipeline.inspect("m").targets[0]?.verdict
    expect(stateOf()).toMatchObject({ status: "unavailable", untilMs: 90_050, throttled: true })
    await clock.advance(89_999)
    expect(stateOf()).toMatchObject({
      status: "unavailable",
      reason: expect.stringMatching(/^too many requests/),
    })
    await clock.advance(1)
    expect(stateOf()).toEqual({ status: "available" })
  })
})
