import { fallback } from "@bellwether/fallback"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { describe, expect, test } from "vitest"
import { answer, failure, stageOf } from "../../packages/quota/test/stage.ts"

const movers = () => [retry(), router()]
const twice = [{}, {}]

describe("a budget of a key or an endpoint", () => {
  test("moves traffic to the other while it is used up, and back when there is room again", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 2 }, per: "day", scope: "endpoint", match: "primary" }],
      endpoints: twice,
      use: [retry(), router({ rampMs: 0 })],
    })
    const told = async () => [await stage.told(), await stage.told(), await stage.told()]
    expect(await told()).toEqual(["primary/key-1", "primary/key-1", "backup/key-1"])
    await stage.clock.advance(86_400_000 - stage.clock.now())
    expect(await told()).toEqual(["primary/key-1", "primary/key-1", "backup/key-1"])
  })

  test("each key has its own", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 1 }, per: "hour", scope: "key" }],
      endpoints: [{ keys: ["sk-1", "sk-2"] }],
      use: movers(),
    })
    expect([await stage.told(), await stage.told(), await stage.told()]).toEqual([
      "primary/key-1",
      "primary/key-2",
      "quota-exhausted",
    ])
    expect(stage.spent()).toEqual({ "primary/key-1": [1, 0], "primary/key-2": [1, 0] })
  })

  test.each([
    ["alone", () => []],
    ["under retry and router", movers],
  ])("that is used up everywhere rejects, and says when the first is back, %s", async (_, use) => {
    const stage = stageOf({
      budgets: [
        { name: "first", limit: { requests: 1 }, per: "day", scope: "key", match: "primary/*" },
        {
          name: "second",
          limit: { requests: 1 },
          per: "hour",
          window: "calendar",
          scope: "key",
          match: "backup/*",
        },
      ],
      endpoints: twice,
      use: use(),
    })
    await stage.ask()
    await stage.ask()
    const result = await stage.ask()
    expect(!result.ok && result.failure).toMatchObject({ class: "quota-exhausted", status: 429 })
    expect(!result.ok && result.failure.message).toMatch(
      /^The call was not made: the budget "second" of backup\/key-1/,
    )
    expect(!result.ok && result.failure.retryAfterMs).toBe(3_600_000 - stage.clock.now())
    expect(stage.seen).toHaveLength(2)
  })

  test("a call too large for what is left goes elsewhere, a small one does not", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 1_000 }, per: "day", scope: "key", match: "primary/key-1" }],
      endpoints: twice,
      use: movers(),
    })
    expect([await stage.told({ maxTokens: 5_000 }), await stage.told({ maxTokens: 500 })]).toEqual([
      "backup/key-1",
      "primary/key-1",
    ])
  })

  test("of a thousand calls at once as many go to a key as fit, the others to the backup", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 50_000 }, per: "day", scope: "key", match: "primary/key-1" }],
      endpoints: twice,
      use: movers(),
      serve: async () => {
        await stage.clock.sleep(1_000)
        return answer({ prompt_tokens: 40, completion_tokens: 460 })
      },
    })
    const results = await stage.together(1_000, { maxTokens: 460 })
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(stage.seen.filter(({ endpoint }) => endpoint === "primary")).toHaveLength(100)
    expect(stage.spent()).toEqual({ "primary/key-1": [50_000, 0] })
  })

  test("a failed try has used a request of the key it went to, and a refused one has not", async () => {
    const stage = stageOf({
      budgets: [
        { name: "keys", limit: { requests: 10 }, per: "day", scope: "key" },
        { name: "none", limit: { tokens: 1 }, per: "day", scope: "endpoint", match: "backup" },
      ],
      endpoints: [{}, {}, {}],
      use: movers(),
      serve: ({ endpoint }) => (endpoint === "primary" ? failure(401, "invalid_api_key") : answer()),
    })
    expect(await stage.told()).toBe("third/key-1")
    expect(stage.spent("keys")).toEqual({
      "primary/key-1": [1, 0],
      "backup/key-1": [0, 0],
      "third/key-1": [1, 0],
    })
  })

  test("holds in a panic too: what is ours is not tried because nothing else is left", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 1 }, per: "day", scope: "endpoint" }],
      endpoints: twice,
      use: [retry(), router({ onUnavailable: "panic" })],
    })
    for (let call = 0; call < 5; call++) await stage.ask()
    expect(stage.seen).toHaveLength(2)
  })

  test("wakes whoever waits when a reservation comes back", async () => {
    const stage = stageOf({
      budgets: [{ limit: { tokens: 1_500 }, per: "day", scope: "key" }],
      use: movers(),
      serve: async () => {
        await stage.clock.sleep(700)
        return answer()
      },
    })
    const both = await stage.together(2)
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    expect(stage.clock.now()).toBeLessThan(1_500)
    expect(stage.spent()).toEqual({ "primary/key-1": [200, 0] })
  })

  test("lets only as much through as is left, and takes nothing where another budget refuses", async () => {
    const stage = stageOf({
      budgets: [
        { name: "key", limit: { requests: 100 }, per: "day", scope: "key" },
        { name: "model", limit: { requests: 1 }, per: "day", scope: "model", onExceed: "route" },
      ],
    })
    await stage.ask()
    expect([await stage.told(), await stage.told({ model: "n" })]).toEqual([
      "quota-exhausted",
      "primary/key-1",
    ])
    expect(stage.spent("key")).toEqual({ "primary/key-1": [2, 0] })
  })
})

describe("a budget of a model", () => {
  const models = { m: ["small"] }

  test("that rejects does so at once, whatever could stand in", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 1 }, per: "day", scope: "model", match: "m" }],
      use: [fallback({ models }), ...movers()],
    })
    expect([await stage.told(), await stage.told(), await stage.told({ model: "small" })]).toEqual([
      "primary/key-1",
      "quota-exhausted",
      "primary/key-1",
    ])
    expect(stage.clock.now()).toBeLessThan(100)
  })

  test("that routes lets another model stand in, whose own budget counts", async () => {
    const stage = stageOf({
      budgets: [{ limit: { requests: 1 }, per: "day", scope: "model", onExceed: "route" }],
      use: [fallback({ models }), ...movers()],
    })
    expect([await stage.told(), await stage.told(), await stage.told()]).toEqual([
      "primary/key-1",
      "primary/key-1",
      "quota-exhausted",
    ])
    expect(stage.seen.map(({ model }) => model)).toEqual(["m", "small"])
    expect(stage.spent()).toEqual({ m: [1, 0], small: [1, 0] })
  })
})
