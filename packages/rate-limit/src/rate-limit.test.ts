import { Choice, memoryStore } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { chat, fates, fine, stageOf, throttle } from "../test/stage.ts"
import { LimitLowered } from "./index.ts"

const told = (remaining: number): Record<string, string> => ({
  "x-ratelimit-limit-requests": "60",
  "x-ratelimit-remaining-requests": String(remaining),
  "x-ratelimit-reset-requests": `${60 - remaining}s`,
})

const tokensTold = (remaining: number): Record<string, string> => ({
  "x-ratelimit-limit-tokens": "6000",
  "x-ratelimit-remaining-tokens": String(remaining),
  "x-ratelimit-reset-tokens": `${(6_000 - remaining) / 100}s`,
})

describe("attempts at once", () => {
  test("are no more than eight at first; who comes too soon is told in words", async () => {
    const stage = stageOf()
    const results = await stage.many(10)
    expect(fates(results)).toEqual({ answered: 8, "target-refused": 2 })
    const refused = results.find((result) => !result.ok)
    expect(refused).toMatchObject({
      failure: { message: "alpha/key-1 is not taking calls now: it is given no more than 8 at once for now" },
    })
  })

  test("grow with success", async () => {
    const stage = stageOf()
    for (let round = 0; round < 2; round++) await stage.many(8)
    expect(fates(await stage.many(20))).toMatchObject({ answered: 9 })
  })

  test("may be any number", async () => {
    expect(fates(await stageOf({ concurrency: false }).many(500))).toEqual({ answered: 500 })
  })

  test("are counted for each model on its own, or for all together", async () => {
    const both = async (per: "model" | "target") => {
      const stage = stageOf({ per, concurrency: { start: 1 } })
      return fates(
        await stage.clock.runUntil(Promise.all([stage.begin({ model: "m" }), stage.begin({ model: "n" })])),
      )
    }
    expect(await both("model")).toEqual({ answered: 2 })
    expect(await both("target")).toEqual({ answered: 1, "target-refused": 1 })
  })
})

describe("what the provider tells of its limits", () => {
  test("is kept to before it throttles anybody", async () => {
    const stage = stageOf({ answers: () => fine(told(5)) })
    await stage.ask()
    expect(fates(await stage.many(4))).toEqual({ answered: 2, "target-refused": 2 })
    expect(stage.requests).toHaveLength(3)
  })

  test("says when it will be possible again", async () => {
    const stage = stageOf({ answers: () => fine(told(3)) })
    await stage.ask()
    const refused = await stage.ask()
    expect(refused).toMatchObject({ ok: false, failure: { retryAfterMs: expect.closeTo(1_053, 0) } })
    await stage.clock.advance(1_053)
    expect((await stage.ask()).ok).toBe(true)
  })

  test("counts from when the headers came", async () => {
    const stage = stageOf({ answers: (number) => fine(number === 0 ? told(5) : {}) })
    await stage.ask()
    await stage.clock.advance(10_000)
    expect(fates(await stage.many(20, { model: "m" }))).toEqual({ answered: 8, "target-refused": 12 })
  })

  test("of tokens holds back what would take too many", async () => {
    const stage = stageOf({ answers: () => fine(tokensTold(1_300)) })
    await stage.ask()
    const large = { body: chat({ max_tokens: 2_000 }) }
    expect(await stage.ask(large)).toMatchObject({ ok: false, failure: { code: "target-refused" } })
    expect((await stage.ask({ body: chat({ max_tokens: 500 }) })).ok).toBe(true)
  })
})

describe("limits known beforehand", () => {
  test("of requests are kept to, 95 % steadily", async () => {
    const stage = stageOf({ limits: [{ endpoint: "alpha", requestsPerMinute: 60 }] })
    expect(fates(await stage.many(8))).toEqual({ answered: 3, "target-refused": 5 })
    await stage.clock.advance(2_106)
    expect(fates(await stage.many(8))).toMatchObject({ answered: 2 })
  })

  test("of tokens are settled by what was really used", async () => {
    const stage = stageOf({ limits: [{ endpoint: "alpha", tokensPerMinute: 60_000 }] })
    const large = { body: chat({ max_tokens: 2_900 }) }
    expect(fates(await stage.many(2, large))).toEqual({ answered: 1, "target-refused": 1 })
    expect(fates(await stage.many(1, large))).toEqual({ answered: 1 })
  })

  test("are not used up by what somebody else refuses", async () => {
    let refusals = 5
    const refusing: Plugin = {
      name: "refusing",
      setup: () => ({
        admit: { take: () => (refusals-- > 0 ? { status: "unavailable", reason: "not yet" } : undefined) },
      }),
    }
    const stage = stageOf({ behind: [refusing], limits: [{ endpoint: "alpha", requestsPerMinute: 20 }] })
    expect(fates(await stage.many(7))).toEqual({ answered: 1, "target-refused": 6 })
  })

  test("the first that fit count", async () => {
    const limits = [
      { endpoint: "alpha", model: "gpt-*", requestsPerMinute: 20 },
      { endpoint: "alpha", requestsPerMinute: 120 },
    ]
    const stage = stageOf({ limits })
    expect(fates(await stage.many(8, { model: "gpt-4o" }))).toMatchObject({ answered: 1 })
    expect(fates(await stage.many(8, { model: "o3" }))).toMatchObject({ answered: 6 })
  })

  test.each([
    [{ endpoint: "alfa", requestsPerMinute: 1 }, 'rateLimit.limits[0].endpoint can not be "alfa"'],
    [{ endpoint: "alpha", key: "main", requestsPerMinute: 1 }, 'rateLimit.limits[0].key can not be "main"'],
  ])("of nobody, %j, are refused", (limit, sentence) => {
    expect(() => stageOf({ limits: [limit] })).toThrow(sentence)
  })
})

describe("a throttle", () => {
  const once = (headers: Record<string, string>) => (number: number) =>
    number === 0 ? throttle(headers) : fine()

  test("closes the target for all calls of the same model until the hint is over", async () => {
    const stage = stageOf({ answers: once({ "retry-after": "20" }) })
    await stage.ask()
    const refused = await stage.ask()
    expect(refused).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining("too many requests: the provider is given a pause") },
    })
    const { retryAfterMs = 0 } = refused.ok ? {} : refused.failure
    expect(retryAfterMs).toBe(20_000)
    expect((await stage.ask({ model: "n" })).ok).toBe(true)
    await stage.clock.advance(19_000)
    expect((await stage.ask()).ok).toBe(false)
    expect(stage.requests).toHaveLength(2)
    await stage.clock.advance(500)
    expect((await stage.ask()).ok).toBe(true)
  })

  test("closes it for every model where limits are the key's", async () => {
    const stage = stageOf({ answers: once({ "retry-after": "20" }), per: "target" })
    await stage.ask()
    expect(fates([await stage.ask({ model: "n" })])).toEqual({ "target-refused": 1 })
  })

  test("without a hint closes it for a second or so, and for longer the next time", async () => {
    const stage = stageOf({ answers: (number) => (number < 3 ? throttle() : fine()) })
    const pauses: number[] = []
    stage.pipeline.on(LimitLowered, ({ pauseMs }) => pauses.push(pauseMs))
    for (let round = 0; round < 3; round++) {
      await stage.ask()
      await stage.clock.advance(5_000)
    }
    for (const [round, pauseMs] of pauses.entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(500 * 2 ** round)
      expect(pauseMs).toBeLessThanOrEqual(1_000 * 2 ** round)
    }
    expect(pauses).toHaveLength(3)
  })

  test("counts once for all that were under way with it, and one goes alone afterwards", async () => {
    const stage = stageOf({ answers: (number) => (number < 8 ? throttle({ "retry-after": "1" }) : fine()) })
    const lowered: unknown[] = []
    stage.pipeline.on(LimitLowered, ({ target, model, limit }) => lowered.push([target.id, model, limit]))
    await stage.many(8)
    expect(lowered).toEqual([["alpha/key-1", "m", 5]])
    await stage.clock.advance(1_500)
    expect(fates(await stage.many(8))).toMatchObject({ answered: 1 })
    expect(fates(await stage.many(8))).toMatchObject({ answered: 2 })
  })

  test("is heard of by the whole fleet", async () => {
    const store = memoryStore({ clock: virtualClock() })
    const one = stageOf({ answers: once({ "retry-after": "20" }), store })
    const other = stageOf({ store })
    await one.ask()
    await other.clock.advance(0)
    expect(fates([await other.ask()])).toEqual({ "target-refused": 1 })
  })

  describe("and panic tries (law 10)", () => {
    const panicking: Plugin = {
      name: "panicking",
      setup: () => ({
        call: (request, next, context) => {
          const target = context.candidates[0]!
          return next(request, context.with(Choice, { target, kind: "panic" }))
        },
      }),
    }

    test("a pause lets them pass: the provider may have named too much", async () => {
      const stage = stageOf({ answers: once({ "retry-after": "20" }), use: [panicking] })
      await stage.ask()
      expect(fates([await stage.ask()])).toEqual({ answered: 1 })
    })

    test("our own limits do not", async () => {
      const stage = stageOf({ use: [panicking], limits: [{ endpoint: "alpha", requestsPerMinute: 20 }] })
      expect(fates(await stage.many(2))).toEqual({ answered: 1, "target-refused": 1 })
    })
  })
})

describe("who acts only from the first throttle on", () => {
  test("holds nobody back before it, whatever the provider tells", async () => {
    const stage = stageOf({ actsFrom: "first-throttle", answers: () => fine(told(3)) })
    await stage.many(10)
    expect(fates(await stage.many(300))).toEqual({ answered: 300 })
  })

  test("lets 0.7 of what was under way go at once afterwards, and any number after ten quiet minutes", async () => {
    const answers = (number: number) => (number === 0 ? throttle({ "retry-after": "1" }) : fine())
    const stage = stageOf({ actsFrom: "first-throttle", answers })
    await stage.many(100)
    await stage.clock.advance(2_000)
    for (let round = 0; round < 6; round++) await stage.many(100)
    expect(fates(await stage.many(100)).answered).toBeGreaterThanOrEqual(70)
    expect(fates(await stage.many(300)).answered).toBeLessThan(100)
    await stage.clock.advance(600_000)
    expect(fates(await stage.many(300))).toEqual({ answered: 300 })
  })

  test("knows at once what the throttle itself tells of limits", async () => {
    const answers = (number: number) => (number === 0 ? throttle({ "retry-after": "1", ...told(0) }) : fine())
    const stage = stageOf({ actsFrom: "first-throttle", answers })
    await stage.ask()
    expect(stage.pipeline.inspect().plugins["rate-limit"]).toMatchObject({
      lanes: [{ requestsPerMinute: 57 }],
    })
  })
})

test("a status page can tell how it stands", async () => {
  const stage = stageOf({
    answers: () => fine({ ...told(30), ...tokensTold(3_000) }),
    concurrency: { start: 2 },
  })
  const calls = stage.many(2)
  const beginnings = stage.pipeline.inspect().plugins["rate-limit"]
  expect(beginnings).toEqual({
    lanes: [{ target: "alpha/key-1", model: "m", inFlight: 2, limit: 2, waiting: 0, blockedForMs: 0 }],
  })
  await calls
  expect(stage.pipeline.inspect().plugins["rate-limit"]).toMatchObject({
    lanes: [{ inFlight: 0, limit: 3, requestsPerMinute: 57, tokensPerMinute: 5_700 }],
  })
})
