import { PriceOf } from "@bellwether/core"
import type { CallInput, Plugin } from "@bellwether/core"
import type { Fault, Script } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { chat, stageOf } from "../../test/stage.ts"
import type { Cast, Stage } from "../../test/stage.ts"
import type { RouterOptions } from "../index.ts"

const latency = (ms: number): Script => [{ kind: "latency", ms }]
const broken: Fault = { kind: "error", error: "server-error" }

const playing = (
  strategy: NonNullable<RouterOptions["strategy"]>,
  casts: Readonly<Record<string, Cast>>,
  use: readonly Plugin[] = [],
): Stage => stageOf(casts, { router: { strategy }, use })

type Counts = Readonly<Record<string, number>>

const countsOf = (endpoints: readonly string[]): Counts =>
  Object.fromEntries(
    Map.groupBy(endpoints, (id) => id)
      .entries()
      .map(([id, { length }]) => [id, length]),
  )

/** Where calls go that are made one after the other. */
async function inTurn(stage: Stage, count: number, input?: Partial<CallInput>): Promise<readonly string[]> {
  const endpoints: string[] = []
  for (let call = 0; call < count; call++) {
    const { attempts } = (await stage.ask(input)).call
    endpoints.push(attempts[0]!.target.endpoint)
  }
  return endpoints
}

/** Where calls go that are made at the same moment. */
async function atOnce(stage: Stage, count: number, input?: Partial<CallInput>): Promise<readonly string[]> {
  const calls = Array.from({ length: count }, () => stage.begin(input))
  const results = await stage.clock.runUntil(Promise.all(calls))
  return results.map(({ call }) => call.attempts[0]!.target.endpoint)
}

const reasonsOf = async (stage: Stage): Promise<readonly (string | undefined)[]> =>
  (await stage.ask()).call.trail.flatMap((entry) => (entry.step === "attempt-started" ? [entry.reason] : []))

test.each([
  ["p2c", "lowest cost of two by latency and load"],
  ["declared", "first in declared order"],
  ["round-robin", "its turn"],
  ["weighted", "drawn by weight"],
  ["least-busy", "fewest calls under way for its weight"],
  ["lowest-latency", "lowest average latency"],
  ["cheapest", "lowest price"],
  ["sticky", "by session, as far as load allows"],
  [() => ({ pick: ([first]) => first }), "chosen by the strategy"],
] satisfies readonly (readonly [RouterOptions["strategy"], string])[])(
  "%s tells the trail why",
  async (strategy, reason) => {
    expect(await reasonsOf(playing(strategy, { alpha: {}, beta: {} }))).toEqual([reason])
  },
)

describe("p2c", () => {
  test("is the default", async () => {
    const stage = stageOf({ alpha: {}, beta: {} }, { router: { strategy: undefined as never } })
    expect(await reasonsOf(stage)).toEqual(["lowest cost of two by latency and load"])
  })

  test("tries everybody once, in declared order, then prefers the fast", async () => {
    const stage = playing("p2c", { alpha: { script: latency(1_000) }, beta: { script: latency(100) } })
    expect(await inTurn(stage, 2)).toEqual(["alpha", "beta"])
    expect(countsOf(await inTurn(stage, 50))).toEqual({ beta: 50 })
  })

  test("tries the slow again after a while, with one call", async () => {
    const stage = playing("p2c", { alpha: { script: latency(1_000) }, beta: { script: latency(100) } })
    await inTurn(stage, 10)
    await stage.clock.advance(100_000)
    await inTurn(stage, 1)
    await stage.clock.advance(1)
    expect(countsOf(await atOnce(stage, 10))).toEqual({ alpha: 1, beta: 9 })
  })

  test("spreads calls made at once, by weight", async () => {
    expect(countsOf(await atOnce(playing("p2c", { alpha: {}, beta: {} }), 8))).toEqual({ alpha: 4, beta: 4 })
    const uneven = playing("p2c", { alpha: {}, beta: { weight: 3 } })
    expect(countsOf(await atOnce(uneven, 8))).toEqual({ alpha: 2, beta: 6 })
  })

  test("gives the slow no more than it can take", async () => {
    const stage = playing("p2c", { alpha: { script: latency(900) }, beta: { script: latency(100) } })
    await inTurn(stage, 4)
    expect(countsOf(await atOnce(stage, 20))).toEqual({ alpha: 2, beta: 18 })
  })

  test("is not drawn to a target that fails at once", async () => {
    const stage = playing("p2c", { alpha: { script: [broken] }, beta: { script: latency(500) } })
    expect(countsOf(await inTurn(stage, 60))["alpha"]).toBeLessThanOrEqual(2)
  })

  test.each(["rate-limited", "invalid-key", "insufficient-quota"] as const)(
    "nor to one that is %s",
    async (error) => {
      const sick: Fault = { kind: "error", error }
      const stage = playing("p2c", { alpha: { script: [sick] }, beta: { script: latency(500) } })
      expect(countsOf(await inTurn(stage, 60))["alpha"]).toBeLessThanOrEqual(2)
    },
  )

  test("blames no target for a caller's mistakes", async () => {
    const mistaken: Fault = { kind: "error", error: "invalid-request" }
    const stage = playing("p2c", { alpha: { script: [mistaken] }, beta: { script: latency(500) } })
    expect(countsOf(await inTurn(stage, 10))).toEqual({ alpha: 10 })
  })

  test("learns from callers that give up waiting", async () => {
    const stage = playing("p2c", { alpha: { script: latency(60_000) }, beta: { script: latency(500) } })
    const caller = new AbortController()
    const call = stage.begin({ signal: caller.signal })
    await stage.clock.advance(5_000)
    caller.abort()
    await stage.clock.runUntil(call)
    expect(countsOf(await inTurn(stage, 10))).toEqual({ beta: 10 })
  })

  test("knows every model on its own, and streams apart from whole answers", async () => {
    const stage = playing("p2c", { alpha: { script: latency(1_000) }, beta: { script: latency(100) } })
    await inTurn(stage, 10)
    expect(await inTurn(stage, 3, { body: chat("gpt-4o-mini") })).toEqual(["alpha", "beta", "beta"])
    const streamed = JSON.stringify({ ...JSON.parse(chat("gpt-4o")), stream: true })
    expect(await inTurn(stage, 2, { body: streamed })).toEqual(["alpha", "beta"])
  })
})

test("least-busy takes the one with the fewest calls under way for its weight", async () => {
  const stage = playing("least-busy", { alpha: {}, beta: { weight: 3 } })
  expect(countsOf(await atOnce(stage, 12))).toEqual({ alpha: 3, beta: 9 })
})

test("lowest-latency sends all calls of a moment to the one that was fastest", async () => {
  const stage = playing("lowest-latency", { alpha: { script: latency(300) }, beta: { script: latency(100) } })
  await inTurn(stage, 4)
  expect(countsOf(await atOnce(stage, 20))).toEqual({ beta: 20 })
})

test("weighted shares by weight", async () => {
  const { alpha = 0, beta = 0 } = countsOf(
    await inTurn(playing("weighted", { alpha: {}, beta: { weight: 3 } }), 400),
  )
  expect(alpha + beta).toBe(400)
  expect(Math.abs(beta - 300)).toBeLessThan(30)
})

describe("cheapest", () => {
  const dear = { input: 5, output: 15 }
  const cheap = { input: 1, output: 4 }

  test("takes the lowest declared price; who has none comes last", async () => {
    const stage = playing("cheapest", { alpha: {}, beta: { price: dear }, gamma: { price: cheap } })
    expect(countsOf(await atOnce(stage, 5))).toEqual({ gamma: 5 })
  })

  test("takes the least busy of several", async () => {
    const stage = playing("cheapest", {
      alpha: { price: cheap },
      beta: { price: dear },
      gamma: { price: cheap },
    })
    expect(countsOf(await atOnce(stage, 6))).toEqual({ alpha: 3, gamma: 3 })
    expect(countsOf(await atOnce(playing("cheapest", { alpha: {}, beta: {} }), 4))).toEqual({
      alpha: 2,
      beta: 2,
    })
  })

  test("asks whoever knows prices, for the model", async () => {
    const prices: Plugin = {
      name: "prices",
      setup: ({ provide }) =>
        provide(PriceOf, {
          of: ({ endpoint }, model) => ((endpoint === "alpha") === (model === "gpt-4o") ? cheap : dear),
        }),
    }
    const stage = playing("cheapest", { alpha: { price: dear }, beta: { price: cheap } }, [prices])
    expect(await inTurn(stage, 1)).toEqual(["alpha"])
    expect(await inTurn(stage, 1, { body: chat("o3") })).toEqual(["beta"])
  })
})

describe("sticky", () => {
  const three = { alpha: {}, beta: {}, gamma: {} }
  const session = (id: string): Partial<CallInput> => ({ headers: { "x-bellwether-session": id } })

  test("keeps a session where it is, and spreads sessions", async () => {
    const stage = playing("sticky", three)
    const homes: string[] = []
    for (let id = 0; id < 30; id++) {
      const endpoints = new Set(await inTurn(stage, 3, session(`s-${id}`)))
      expect(endpoints.size).toBe(1)
      homes.push(...endpoints)
    }
    for (const id of Object.keys(three)) expect(countsOf(homes)[id]).toBeGreaterThanOrEqual(5)
  })

  test("goes elsewhere while its target is away, and comes back to it", async () => {
    const stage = playing("sticky", three)
    const [home] = await inTurn(stage, 1, session("s-1"))
    stage.board.say({ endpoint: home! }, { status: "unavailable", reason: "closed for the test" })
    expect(await inTurn(stage, 1, session("s-1"))).not.toEqual([home])
    stage.board.say({ endpoint: home! }, { status: "available" })
    expect(await inTurn(stage, 1, session("s-1"))).toEqual([home])
  })

  test("goes elsewhere when its target has too much to do", async () => {
    const counts = countsOf(await atOnce(playing("sticky", three), 30, session("s-1")))
    for (const id of Object.keys(three)) expect(counts[id]).toBeLessThanOrEqual(13)
  })

  test("reads the session from the request, and knows none in most", async () => {
    const stage = playing("sticky", three)
    const body = JSON.stringify({ ...JSON.parse(chat("gpt-4o")), prompt_cache_key: "k-1" })
    expect(new Set(await inTurn(stage, 6, { body })).size).toBe(1)
    expect(new Set(await atOnce(stage, 6)).size).toBe(3)
  })
})
