import { createPipeline } from "@bellwether/core"
import type { CallResult, Plugin } from "@bellwether/core"
import { rateLimit } from "@bellwether/rate-limit"
import type { RateLimitOptions } from "@bellwether/rate-limit"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { seededRandom, virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { answer, failure } from "../figures/stage/provider.ts"

const question = {
  path: "/chat/completions",
  method: "POST",
  body: JSON.stringify({ model: "m", messages: [] }),
}

/** A throttle that asks for so many seconds. */
const throttle = (seconds: number): Response => {
  const response = failure(429)
  response.headers.set("retry-after", String(seconds))
  return response
}

/** Endpoints in the default order of plugins, in virtual time; each answers after half a second. */
function stageOf(
  answers: Readonly<Record<string, (number: number) => Response>>,
  options: RateLimitOptions = {},
  more: readonly Plugin[] = [],
) {
  const clock = virtualClock()
  const sent: { endpoint: string; atMs: number }[] = []
  const pipeline = createPipeline({
    endpoints: Object.keys(answers).map((id) => ({
      id,
      baseURL: `https://${id}.test/v1`,
      key: "sk-1",
      tier: 0,
    })),
    use: [retry(), router({ strategy: "declared" }), rateLimit(options), ...more],
    clock,
    random: seededRandom(1),
    async fetch(url, { signal }) {
      const [endpoint = ""] = new URL(url).hostname.split(".")
      const number = sent.filter((one) => one.endpoint === endpoint).length
      sent.push({ endpoint, atMs: clock.now() })
      await clock.sleep(500, signal ?? undefined)
      return answers[endpoint]?.(number) ?? answer()
    },
  })
  const many = (count: number): Promise<readonly CallResult[]> =>
    clock.runUntil(Promise.all(Array.from({ length: count }, () => pipeline.call(question))))
  return { clock, pipeline, sent, many }
}

const answeredOf = (results: readonly CallResult[]): number => results.filter(({ ok }) => ok).length

describe("a Retry-After is a gate for all calls", () => {
  test("nobody goes before it, retries and newcomers alike, and nobody is lost", async () => {
    const { sent, many } = stageOf({ alpha: (number) => (number < 5 ? throttle(20) : answer()) })
    expect(answeredOf(await many(25))).toBe(25)
    const afterwards = sent.slice(5).map(({ atMs }) => atMs)
    expect(sent.slice(0, 8).every(({ atMs }) => atMs === 0)).toBe(true)
    expect(Math.min(...afterwards.filter((atMs) => atMs > 0))).toBeGreaterThanOrEqual(20_500)
  })

  test("at its end they come one alone, then twice as many each time: no herd", async () => {
    const { sent, many } = stageOf({ alpha: (number) => (number < 8 ? throttle(10) : answer()) })
    await many(20)
    const waves = [...Map.groupBy(sent.slice(8), ({ atMs }) => atMs).values()].map(({ length }) => length)
    expect(waves[0]).toBe(1)
    expect(waves[1]).toBeLessThanOrEqual(2)
    expect(Math.max(...waves)).toBeLessThanOrEqual(8)
  })

  test("with another target they go there at once", async () => {
    const { clock, sent, many } = stageOf({ alpha: () => throttle(20), beta: answer })
    expect(answeredOf(await many(8))).toBe(8)
    expect(clock.now()).toBeLessThan(2_000)
    expect(answeredOf(await many(8))).toBe(8)
    expect(sent.filter(({ endpoint }) => endpoint === "alpha")).toHaveLength(8)
  })

  test("one too long to wait for is told at once, with the provider's own error or the time that is left", async () => {
    const { clock, many, sent } = stageOf({ alpha: () => throttle(300) })
    expect(await many(1)).toMatchObject([{ ok: false, failure: { status: 429, retryAfterMs: 300_000 } }])
    const sinceMs = clock.now()
    const { length } = sent
    const others = await many(30)
    const told = others.map((result) => (result.ok ? undefined : result.failure))
    expect(new Set(told.map((failure) => failure?.code))).toEqual(new Set(["rate-limited"]))
    expect(Math.min(...told.map((failure) => failure?.retryAfterMs ?? 0))).toBeGreaterThanOrEqual(299_000)
    expect(clock.now()).toBe(sinceMs + 500)
    // Who panics is one at a time: it may have named too much (laws 10 and 11).
    expect(sent).toHaveLength(length + 1)
  })
})

describe("where everything is full", () => {
  test("calls stand in line, beyond the patience of the router, and are all answered", async () => {
    const { sent, many, clock } = stageOf(
      { alpha: answer, beta: answer },
      { concurrency: { start: 1, max: 1 } },
    )
    const results = await many(20)
    expect(answeredOf(results)).toBe(20)
    expect(clock.now()).toBe(5_000)
    expect(new Set(sent.map(({ endpoint }) => endpoint))).toEqual(new Set(["alpha", "beta"]))
  })

  test("a caller who gives up makes place for the next", async () => {
    const { clock, pipeline, sent } = stageOf({ alpha: answer }, { concurrency: { start: 1, max: 1 } })
    const caller = new AbortController()
    const calls = [
      pipeline.call({ ...question, signal: caller.signal }),
      pipeline.call({ ...question, signal: caller.signal }),
      pipeline.call(question),
    ]
    await clock.advance(100)
    caller.abort()
    const results = await clock.runUntil(Promise.all(calls))
    expect(results.map(({ ok }) => ok)).toEqual([false, false, true])
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 100])
    expect(clock.pending).toBe(0)
  })
})
