import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { answer, failure, stageOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"

const never = new Promise<Response>(() => {})

/** Tries everything once more. */
const again: Plugin = {
  name: "again",
  setup: () => ({
    async call(request, next, context) {
      const answered = await next(request, context)
      return answered.ok ? answered : next(request, context)
    },
  }),
}

describe("a budget of the whole pipeline", () => {
  test("lets in what fits, and rejects the rest until the calendar turns", async () => {
    const stage = stageOf({ budgets: [{ limit: { requests: 2 }, per: "day" }] })
    expect([await stage.told(), await stage.told(), await stage.told()]).toEqual([
      "primary/key-1",
      "primary/key-1",
      "quota-exhausted",
    ])
    await stage.clock.advance(86_400_000 - stage.clock.now() - 1)
    expect(await stage.told()).toBe("quota-exhausted")
    await stage.clock.advance(1)
    expect(await stage.told()).toBe("primary/key-1")
    expect(stage.seen).toHaveLength(3)
  })

  test("says what is left, what would have been needed, and when there is more", async () => {
    const stage = stageOf({
      budgets: [{ name: "team", limit: { tokens: 1_200 }, per: "hour", window: "calendar" }],
    })
    await stage.ask()
    await stage.clock.advance(600_000)
    await stage.ask()
    const result = await stage.ask({ maxTokens: 961 })
    if (result.ok) throw new Error("It should have been rejected.")
    expect(result.failure).toMatchObject({
      class: "quota-exhausted",
      status: 429,
      retryAfterMs: 3_000_000,
      message:
        'The call was not made: the budget "team" has 1,000 left of 1,200 tokens, and about 1,001 tokens would be ' +
        "needed; there is room again in 50 min, at 2026-01-01T01:00:00.000Z.",
    })
    const response = result.toResponse()
    expect([
      response.status,
      response.headers.get("retry-after"),
      response.headers.get("x-should-retry"),
    ]).toEqual([429, "3000", "false"])
    expect(await response.json()).toMatchObject({
      error: { type: "insufficient_quota", code: "quota-exhausted" },
    })
    expect(result.call.attempts).toEqual([])
    expect(stage.pipeline.explain(result.call.id)?.trail).toEqual([
      { atMs: 0, step: "call-refused", reason: result.failure.message.slice(23, -1) },
    ])
  })

  test("says so when a call needs more than there ever is", async () => {
    const stage = stageOf({ budgets: [{ limit: { tokens: 500 }, per: "day" }] })
    const result = await stage.ask({ maxTokens: 5_000 })
    expect(!result.ok && result.failure).toMatchObject({
      message: expect.stringContaining("about 5,040 tokens would be needed, which is more than all of it"),
    })
    expect(!result.ok && "retryAfterMs" in result.failure).toBe(false)
    expect(stage.log).toEqual([])
  })

  test("counts what was really used: 100 tokens instead of the 1,040 set aside", async () => {
    const stage = stageOf({ budgets: [{ limit: { tokens: 10_000 }, per: "day" }] })
    const asking = stage.begin()
    expect(stage.spent()).toEqual({ "": [1_040, 1_040] })
    const result = await stage.clock.runUntil(asking)
    if (result.ok) await stage.clock.runUntil(result.response.text())
    expect(stage.spent()).toEqual({ "": [100, 0] })
  })

  test("keeps the estimate where the provider tells nothing", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 10_000 }, per: "day" }],
      assumedOutput: 300,
      serve: () => answer({}),
    })
    await stage.ask()
    expect(stage.spent()).toEqual({ "": [340, 0] })
  })

  test("of a thousand calls at once as many are let in as fit, and not one more", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 50_000 }, per: "day" }],
      serve: async () => {
        await stage.clock.sleep(1_000)
        return answer({ prompt_tokens: 40, completion_tokens: 460 })
      },
    })
    const asking = stage.together(1_000, { maxTokens: 460 })
    expect(stage.spent()).toEqual({ "": [50_000, 50_000] })
    const results = await asking
    expect([results.filter(({ ok }) => ok).length, stage.seen.length]).toEqual([100, 100])
    expect(stage.spent()).toEqual({ "": [50_000, 0] })
  })

  test("answers that are longer than was thought overrun it by what was under way, and no further", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 1_000 }, per: "day" }],
      assumedOutput: 10,
      serve: () => answer({ prompt_tokens: 40, completion_tokens: 900 }),
    })
    const told = [await stage.told(), await stage.told(), await stage.told()]
    expect(told).toEqual(["primary/key-1", "primary/key-1", "quota-exhausted"])
    expect(stage.spent()).toEqual({ "": [1_880, 0] })
  })

  test("a call whose attempts all failed has used its request, and no tokens", async () => {
    const stage = stageOf({
      budgets: [
        { name: "requests", limit: { requests: 10 }, per: "day" },
        { name: "tokens", limit: { tokens: 10_000 }, per: "day" },
      ],
      use: [again],
      serve: () => failure(503, "overloaded"),
    })
    await stage.ask()
    expect(stage.seen).toHaveLength(2)
    expect([stage.spent("requests"), stage.spent("tokens")]).toEqual([{ "": [1, 0] }, { "": [0, 0] }])
  })

  test("counts a retry's tokens with the call's", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 10_000 }, per: "day" }],
      use: [again],
      serve: () => (stage.seen.length === 1 ? failure(500, "broken") : answer()),
    })
    await stage.ask()
    expect(stage.seen).toHaveLength(2)
    expect(stage.spent()).toEqual({ "": [100, 0] })
  })
})

describe("a caller that gives up leaks nothing", () => {
  const stream = (parts: readonly object[]): Response =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const part of parts)
            controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(part)}\n\n`))
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    )
  const budgets = [
    { name: "call", limit: { tokens: 100_000 }, per: "day" },
    { name: "key", limit: { tokens: 100_000 }, per: "day", scope: "key" },
  ] as const

  test.each([
    ["before anything was sent", -1, () => answer(), [0, 0]],
    // It had read the request.
    ["while nothing comes", 10, () => never, [40, 0]],
    [
      "after the head",
      10,
      () => stream([{ choices: [{ index: 0, delta: { role: "assistant" } }] }]),
      [40, 0],
    ],
    // Of the answer so much as was said.
    [
      "in the middle of the answer",
      10,
      () => stream([{ choices: [{ index: 0, delta: { content: "baa baa " } }] }]),
      [42, 0],
    ],
  ] as const)("%s", async (_, afterMs, serve, spent) => {
    const stage = stageOf({ budgets, serve: () => Promise.resolve(serve()) })
    const controller = new AbortController()
    if (afterMs < 0) controller.abort()
    else stage.clock.after(afterMs, () => controller.abort())
    await stage.ask({ stream: true, signal: controller.signal })
    const expected = afterMs < 0 ? {} : { "primary/key-1": spent }
    expect(stage.spent("call")).toEqual({ "": spent })
    expect(stage.spent("key")).toMatchObject(expected)
    await stage.pipeline.close()
    expect(stage.clock.pending).toBe(0)
  })

  test.each([
    ["its deadline passes", (stage: Stage) => stage.ask({ deadlineMs: 500 })],
    [
      "the pipeline is closed",
      (stage: Stage) => {
        stage.clock.after(500, () => void stage.pipeline.close())
        return stage.ask()
      },
    ],
  ] as const)("a call that was sent has used its request when %s", async (_, ended) => {
    const stage = stageOf({ budgets, serve: () => never })
    await ended(stage)
    expect([stage.spent("call"), stage.spent("key")]).toEqual([{ "": [40, 0] }, { "primary/key-1": [40, 0] }])
  })

  test("a stream that nobody reads keeps its request after the lease, and is counted when it ends", async () => {
    let end = (): void => {}
    const stage = stageOf({
      budgets: [{ limit: { tokens: 1_100 }, per: "day" }],
      leaseMs: 60_000,
      serve: ({ model }) =>
        model === "held"
          ? new Response(
              new ReadableStream({
                start(controller) {
                  const send = (part: object): void =>
                    controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(part)}\n\n`))
                  send({ choices: [{ index: 0, delta: { content: "Baa." } }] })
                  end = () => {
                    send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })
                    send({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 900 } })
                    controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n"))
                    controller.close()
                  }
                },
              }),
              { headers: { "content-type": "text/event-stream" } },
            )
          : answer(),
    })
    const held = await stage.clock.runUntil(stage.begin({ model: "held", stream: true }))
    expect(await stage.told()).toBe("quota-exhausted")
    expect(stage.spent()).toEqual({ "": [1_040, 1_040] })
    await stage.clock.advance(60_000)
    expect(stage.spent()).toEqual({ "": [40, 40] })
    expect(await stage.told()).toBe("primary/key-1")
    end()
    if (held.ok) await stage.clock.runUntil(held.response.text())
    expect(stage.spent()).toEqual({ "": [1_040, 0] })
  })

  test("streams that nobody reads are requests that were made, however long they last", async () => {
    const kept: unknown[] = []
    const stage = stageOf({
      budgets: [
        { name: "requests", limit: { requests: 2 }, per: "month" },
        { name: "money", limit: { usd: 1 }, per: "month" },
        { name: "key", limit: { tokens: 10_000 }, per: "month", scope: "key" },
      ],
      endpoints: [{ price: { input: 1, output: 2 } }],
      serve: () => stream([{ choices: [{ index: 0, delta: { content: "Baa." } }] }]),
    })
    for (let call = 0; call < 5; call++) {
      kept.push(await stage.clock.runUntil(stage.begin({ stream: true })))
      await stage.clock.advance(1_000_000)
    }
    expect(stage.seen).toHaveLength(2)
    expect(stage.spent("requests")).toEqual({ "": [2, 2] })
    expect(stage.spent("money")).toEqual({ "": [0.00008, 0.00008] })
    expect(stage.spent("key")).toEqual({ "primary/key-1": [80, 80] })
    await stage.pipeline.close()
    expect(kept).toHaveLength(5)
  })
})

describe("a budget per caller", () => {
  test("gives each caller its own, whatever tag a call has", async () => {
    const stage = stageOf({ budgets: [{ limit: { requests: 1 }, per: "hour", scope: "caller" }] })
    expect([
      await stage.told({ caller: "team-a", tag: "search" }),
      await stage.told({ caller: "team-b", tag: "team-a" }),
      await stage.told({ caller: "team-a", tag: "team-b" }),
    ]).toEqual(["primary/key-1", "primary/key-1", "quota-exhausted"])
    expect(stage.spent()).toEqual({ "team-a": [1, 0], "team-b": [1, 0] })
  })

  test("gives all who are named one each, however many", async () => {
    const match = Array.from({ length: 300 }, (_, place) => `team-${place}`)
    const stage = stageOf({ budgets: [{ limit: { requests: 1 }, per: "day", scope: "caller", match }] })
    for (const caller of match) expect(await stage.told({ caller })).toBe("primary/key-1")
    expect(await stage.told({ caller: "team-299" })).toBe("quota-exhausted")
    expect(await stage.told({ caller: "somebody" })).toBe("primary/key-1")
  })
})

describe("a budget per tag", () => {
  test("gives each tag its own, and those without one theirs", async () => {
    const stage = stageOf({ budgets: [{ limit: { requests: 1 }, per: "hour", scope: "tag" }] })
    expect([
      await stage.told({ tag: "search" }),
      await stage.told({ tag: "chat" }),
      await stage.told({ tag: "search" }),
      await stage.told(),
      await stage.told(),
    ]).toEqual(["primary/key-1", "primary/key-1", "quota-exhausted", "primary/key-1", "quota-exhausted"])
    expect(stage.spent()).toEqual({ search: [1, 0], chat: [1, 0], "(none)": [1, 0] })
    expect(stage.log[0]).toMatch(/quota-exhausted budget 1 request per hour per tag search 0 requests/)
  })

  test("can be about some tags alone", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 1 }, per: "hour", scope: "tag", match: ["batch-*", "eval"] }],
    })
    const told: string[] = []
    for (const tag of ["batch-1", "batch-1", "eval", "evals", "evals"]) told.push(await stage.told({ tag }))
    expect(told.map((each) => each === "quota-exhausted")).toEqual([false, true, false, false, false])
    expect(await stage.told()).toBe("primary/key-1")
    expect(Object.keys(stage.spent())).toEqual(["batch-1", "eval"])
  })

  test("a flood of tags shares one purse instead of everybody's memory or money", async () => {
    const stage = stageOf({ budgets: [{ limit: { requests: 2 }, per: "day", scope: "tag" }] })
    for (let tag = 0; tag < 300; tag++) await stage.ask({ tag: `tag-${tag}` })
    const spent = stage.spent()
    expect(Object.keys(spent)).toHaveLength(257)
    expect(spent["(other)"]).toEqual([2, 0])
    await stage.clock.advance(2 * 86_400_000)
    await stage.ask({ tag: "another" })
    expect(Object.keys(stage.spent())).toEqual(["another"])
  })
})

describe("money", () => {
  const budgets = [{ limit: { usd: 0.01 }, per: "day" }] as const

  test("is counted by the price of whoever answered, and set aside by the dearest", async () => {
    const stage = stageOf({
      budgets,
      endpoints: [{ price: { input: 1, output: 2 } }, { price: { input: 2, output: 8 } }],
    })
    const asking = stage.begin()
    expect(stage.spent()[""]?.[1]).toBeCloseTo((40 * 2 + 1_000 * 8) / 1e6, 9)
    const result = await stage.clock.runUntil(asking)
    if (result.ok) await stage.clock.runUntil(result.response.text())
    expect(stage.spent()[""]).toEqual([(40 * 1 + 60 * 2) / 1e6, 0])
    expect(await stage.told({ maxTokens: 1_300 })).toBe("quota-exhausted")
    expect(await stage.told({ maxTokens: 1_000 })).toBe("primary/key-1")
  })
})

describe("what is told of it", () => {
  test("low once when a fifth is left, used up once when a call was turned away, and back with a fifth", async () => {
    const stage = stageOf({ budgets: [{ name: "rpm", limit: { requests: 10 }, per: "minute" }] })
    for (let call = 0; call < 13; call++) {
      await stage.ask()
      await stage.clock.advance(1_000)
    }
    expect(stage.log).toEqual([
      "8000 quota-low budget rpm 1 requests",
      "9000 quota-exhausted budget rpm 0 requests",
    ])
    await stage.clock.advance(55_000)
    await stage.ask()
    expect(stage.log.slice(2)).toEqual(["68000 quota-restored budget rpm 7 requests"])
  })

  test("a budget that only warns lets everything pass", async () => {
    const stage = stageOf({
      budgets: [{ name: "soft", limit: { requests: 2 }, per: "day", onExceed: "warn" }],
    })
    for (let call = 0; call < 4; call++) expect(await stage.told()).toBe("primary/key-1")
    expect(stage.log).toEqual(["0 quota-exhausted budget soft 0 requests"])
    expect(stage.spent()).toEqual({ "": [4, 0] })
  })
})
