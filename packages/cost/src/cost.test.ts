import {
  AttemptEnded,
  CallEnded,
  Choice,
  CostOf,
  createPipeline,
  ListenerFailed,
  PriceOf,
} from "@bellwether/core"
import type { Answer, AttemptKind, Plugin, PriceOf as Prices, Target } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { billed, refused, stageOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"
import { CallCosted, cost, priceList } from "./index.ts"
import type { CostedCall, CostOptions } from "./index.ts"

const prices = priceList({ "gpt-4o": { input: 2.5, output: 10, cachedInput: 1.25 } })

/** Tries the endpoints in this order until one answers. */
const inTurn = (kind: AttemptKind = "first"): Plugin => ({
  name: "in-turn",
  setup: () => ({
    async call(request, next, context) {
      let answer: Answer | undefined
      for (const target of context.candidates) {
        answer = await next(request, context.with(Choice, { target, kind }))
        if (answer.ok) break
      }
      return answer!
    },
  }),
})

/** What another plugin is told. */
const reading = () => {
  let services: { prices: () => Prices; costs: () => CostOf; targets: readonly Target[] } | undefined
  const plugin: Plugin = {
    name: "reading",
    setup: ({ use, targets }) => void (services = { prices: use(PriceOf), costs: use(CostOf), targets }),
  }
  return {
    plugin,
    priceOf: (endpoint: string, model?: string) => {
      const target = services?.targets.find((each) => each.endpoint === endpoint)
      return services?.prices().of(target!, model)
    },
    costs: () => services!.costs(),
    target: () => services!.targets[0]!,
  }
}

describe("what an attempt costs", () => {
  test("is its tokens at the price of its model, by endpoint, model and tag", async () => {
    const costs = cost({ prices })
    const stage = stageOf({ use: [costs] })
    await stage.ask("gpt-4o", { headers: { "x-bellwether-tag": "search" } })
    await stage.ask("gpt-4o")
    const { total, endpoints, models, tags } = costs.snapshot()
    expect(total).toMatchObject({ attempts: 2, nanoUsd: 7_000_000, tokens: { input: 2_000, output: 200 } })
    expect(endpoints).toEqual({ official: total })
    expect(models).toEqual({ "gpt-4o": total })
    expect(tags).toMatchObject({ search: { nanoUsd: 3_500_000 }, "(none)": { nanoUsd: 3_500_000 } })
    expect(stage.pipeline.inspect().plugins["cost"]).toEqual(costs.snapshot())
  })

  test("is less for what was cached", async () => {
    const costs = cost({ prices })
    const usage = {
      prompt_tokens: 1_000,
      completion_tokens: 0,
      prompt_tokens_details: { cached_tokens: 800 },
    }
    await stageOf({ use: [costs], answers: () => billed(usage) }).ask("gpt-4o")
    expect(costs.snapshot().total).toMatchObject({ nanoUsd: 1_500_000, tokens: { cachedInput: 800 } })
  })

  test("is unknown where the price or the tokens are, and counts as that", async () => {
    const costs = cost({ prices })
    const stage = stageOf({
      use: [costs],
      answers: async (_, request) => {
        const { model } = (await request.json()) as { model: string }
        return billed(model === "gpt-4o" ? undefined : { prompt_tokens: 1_000, completion_tokens: 0 })
      },
    })
    await stage.ask("gpt-4o")
    await stage.ask("nobody")
    const { total, models } = costs.snapshot()
    expect(total).toMatchObject({ attempts: 2, nanoUsd: 0, unknown: { noPrice: 1, noUsage: 1 } })
    expect(models["nobody"]).toMatchObject({ unknown: { noPrice: 1, noUsage: 0 }, tokens: { input: 1_000 } })
    expect(costs.report()).toMatchObject({ spentUsd: 0, unknownAttempts: 2 })
  })

  test("is nothing where the provider has refused, or answers for free", async () => {
    const costs = cost({ prices })
    const stage = stageOf({ use: [costs], answers: () => refused(429) })
    await stage.ask("gpt-4o")
    const listing = stageOf({ use: [cost({ prices })], answers: () => Response.json({ data: [] }) })
    await listing.clock.runUntil(listing.pipeline.fetch("/models"))
    for (const each of [costs.snapshot(), listing.pipeline.inspect().plugins["cost"]])
      expect(each).toMatchObject({ total: { attempts: 0, nanoUsd: 0 }, models: {} })
  })

  test("is told once: who looks up an answer that is stored does not pay again", async () => {
    const costs = cost({ prices })
    const usage = { input_tokens: 1_000, output_tokens: 0 }
    const stored = { id: "resp_1", output: [{ type: "reasoning" }], usage }
    const stage = stageOf({ use: [costs], answers: () => Response.json(stored) })
    await stage.ask("gpt-4o", { path: "/responses", body: '{"model":"gpt-4o","input":"Why?"}' })
    const { pipeline, clock } = stage
    await clock.runUntil(pipeline.fetch("/responses/resp_1").then((response) => response.text()))
    expect(costs.snapshot().total).toMatchObject({ attempts: 1, nanoUsd: 2_500_000 })
  })

  test("stays the same when prices change while its call is under way", async () => {
    let input = 1
    const costs = cost({ prices: { price: () => ({ input, output: 0 }) } })
    const { plugin, costs: told } = reading()
    const stage = stageOf({ use: [costs, plugin] })
    const asked: (number | undefined)[] = []
    stage.pipeline.on(AttemptEnded, () => void (input = 2))
    stage.pipeline.on(CallCosted, ({ nanoUsd }) => asked.push(nanoUsd))
    stage.pipeline.on(CallEnded, ({ call: over }) => asked.push(told().attempt(over.attempts[0]!).nanoUsd))
    const { call } = await stage.ask("gpt-4o")
    expect(asked).toEqual([1_000_000, 1_000_000])
    expect(told().tokens(call.attempts[0]!.target, "gpt-4o", { input: 1, output: 0, estimated: true })).toBe(
      2_000,
    )
  })
})

describe("attempts that answered nobody", () => {
  const silent = () => new Promise<Response>(() => {})

  test("that were given up have cost their request, estimated", async () => {
    const costs = cost({ prices })
    const stage = stageOf({ use: [costs], answers: silent })
    const caller = new AbortController()
    stage.clock.after(1_000, () => caller.abort())
    await stage.ask("gpt-4o", { signal: caller.signal })
    const { outcomes, estimated } = costs.snapshot().total
    expect(outcomes.cancelled).toEqual({ attempts: 1, nanoUsd: expect.any(Number) })
    expect(estimated).toEqual(outcomes.cancelled)
    expect(outcomes.cancelled.nanoUsd).toBeGreaterThan(0)
    expect(costs.report().wastedUsd).toBe(outcomes.cancelled.nanoUsd / 1e9)
  })

  test.each([
    [
      "the call's deadline",
      (stage: Stage) => stage.ask("gpt-4o", { headers: { "x-bellwether-deadline-ms": "500" } }),
    ],
    [
      "the end of the pipeline",
      (stage: Stage) => {
        stage.clock.after(500, () => void stage.pipeline.close())
        return stage.ask("gpt-4o")
      },
    ],
  ] as const)("that were ended by %s have cost their request no less", async (_, ended) => {
    const costs = cost({ prices })
    await ended(stageOf({ use: [costs], answers: silent }))
    const { outcomes, estimated } = costs.snapshot().total
    expect(outcomes.failed).toEqual({ attempts: 1, nanoUsd: expect.any(Number) })
    expect(estimated).toEqual(outcomes.failed)
    expect(estimated.nanoUsd).toBeGreaterThan(0)
  })

  test("that failed are counted apart from the one that answered, and a call tells all of it", async () => {
    const costs = cost({ prices })
    const broken = () => Response.json({ choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 1 } })
    const { clock, pipeline, ask } = stageOf({
      use: [costs, inTurn()],
      endpoints: { first: {}, second: {} },
      answers: (host) =>
        host === "first" ? broken() : billed({ prompt_tokens: 1_000, completion_tokens: 0 }),
    })
    const told: CostedCall[] = []
    pipeline.on(CallCosted, (costed) => void told.push(costed))
    await ask("gpt-4o")
    await clock.advance(0)
    const { outcomes, nanoUsd } = costs.snapshot().total
    expect(outcomes).toMatchObject({ failed: { attempts: 1 }, answered: { attempts: 1, nanoUsd: 2_500_000 } })
    expect(outcomes.failed.nanoUsd).toBeGreaterThan(0)
    expect(told).toMatchObject([{ nanoUsd, isEstimated: true, unknown: 0, attempts: [{}, {}] }])
  })
})

describe("the price of a target", () => {
  const relays: Required<Pick<CostOptions, "endpoints">>["endpoints"] = {
    cheap: { factor: 0.15 },
    yuan: {
      usdPerUnit: 1 / 7.3,
      models: { "claude-*": { input: 21.9, output: 73 }, "gpt-4o": { factor: 0.73 } },
    },
    declared: { models: { special: { input: 9, output: 9 } } },
  }
  const { plugin, priceOf } = reading()
  stageOf({
    use: [cost({ prices, endpoints: relays }), plugin],
    endpoints: { official: {}, cheap: {}, yuan: {}, declared: { price: { input: 1, output: 2 } } },
  })

  test.each([
    ["official", "gpt-4o", { input: 2.5, output: 10, cachedInput: 1.25 }],
    ["official", "nobody", undefined],
    ["official", undefined, undefined],
    ["cheap", "gpt-4o", { input: 0.375, output: 1.5, cachedInput: 0.1875 }],
    ["cheap", "nobody", undefined],
    ["yuan", "gpt-4o", { input: 0.25, output: 1, cachedInput: 0.125 }],
    ["yuan", "claude-sonnet-4-5", { input: 3, output: 10 }],
    ["declared", "gpt-4o", { input: 1, output: 2 }],
    ["declared", undefined, { input: 1, output: 2 }],
    ["declared", "special", { input: 9, output: 9 }],
  ])("at %s, for %s, is what it takes there", (endpoint, model, price) => {
    const rounded = Object.entries(priceOf(endpoint, model) ?? {}).map(([kind, usd]) => [
      kind,
      +usd.toFixed(9),
    ])
    expect(rounded).toEqual(Object.entries(price ?? {}))
  })
})

test("a price book that throws is told of once, and changes no call", async () => {
  const costs = cost({
    prices: {
      price() {
        throw new Error("The table is empty.")
      },
    },
  })
  const stage = stageOf({ use: [costs] })
  const faults: unknown[] = []
  stage.pipeline.on(ListenerFailed, ({ error }) => void faults.push(error))
  for (let time = 0; time < 3; time++) expect((await stage.ask("gpt-4o")).ok).toBe(true)
  expect(faults).toEqual([new Error("The table is empty.")])
  expect(costs.snapshot().total.unknown.noPrice).toBe(3)
})

test.each<[string, () => unknown]>([
  ["less than nothing", () => ({ input: -1, output: 5 })],
  ["no number", () => ({ input: Number.NaN, output: 5 })],
  ["half a price", () => ({ input: 1 })],
  ["a text", () => "2.5"],
  ["a promise", () => Promise.resolve({ input: 1, output: 1 })],
  ["a promise that fails", () => Promise.reject(new Error("The table is away."))],
])("a price book that gives %s is told of once, and its price is not known", async (_, give) => {
  const costs = cost({ prices: { price: () => give() as never } })
  const { plugin, priceOf } = reading()
  const stage = stageOf({ use: [costs, plugin] })
  const faults: unknown[] = []
  stage.pipeline.on(ListenerFailed, ({ error }) => void faults.push(error))
  for (let time = 0; time < 3; time++) await stage.ask("gpt-4o")
  expect(faults).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/^(2 options|What the price book)/) }),
  ])
  expect(costs.snapshot().total).toMatchObject({ nanoUsd: 0, unknown: { noPrice: 3 } })
  expect(priceOf("official", "gpt-4o")).toBeUndefined()
})

test("what else stands in a book's prices is its own", async () => {
  const row = { id: 7, input: 2, output: 0, updated: "yesterday" }
  const costs = cost({ prices: { price: () => row } })
  await stageOf({ use: [costs] }).ask("gpt-4o")
  expect(costs.snapshot().total).toMatchObject({ nanoUsd: 2_000_000, unknown: { noPrice: 0 } })
})

test("names are told apart up to a limit, and the sum stays whole", async () => {
  const costs = cost({ prices: priceList({ "*": { input: 1, output: 1 } }), maxModels: 2, maxTags: 1 })
  const stage = stageOf({ use: [costs] })
  for (let name = 0; name < 5; name++)
    await stage.ask(`m-${name}`, { headers: { "x-bellwether-tag": `t-${name}` } })
  const { total, models, tags } = costs.snapshot()
  expect(Object.keys(models)).toEqual(["m-0", "m-1", "(other)"])
  expect(Object.keys(tags)).toEqual(["t-0", "(other)"])
  for (const rows of [models, tags])
    expect(Object.values(rows).reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(total.nanoUsd)
})

test("after a reset it counts from zero", async () => {
  const costs = cost({ prices })
  const stage = stageOf({ use: [costs] })
  await stage.ask("gpt-4o")
  await stage.clock.advance(5_000)
  costs.reset()
  expect(costs.snapshot()).toMatchObject({
    sinceMs: stage.clock.date(),
    elapsedMs: 0,
    total: { attempts: 0, nanoUsd: 0 },
    endpoints: {},
  })
  await stage.ask("gpt-4o")
  expect(costs.snapshot().total.attempts).toBe(1)
})

test("one object is for one pipeline", () => {
  const costs = cost()
  for (const use of [() => costs.report(), () => costs.snapshot(), () => costs.reset()])
    expect(use).toThrow(expect.objectContaining({ code: "plugin-unused" }))
  const options = { endpoints: [{ id: "primary", baseURL: "https://primary.test/v1" }], use: [costs] }
  createPipeline(options)
  expect(() => createPipeline(options)).toThrow(expect.objectContaining({ code: "plugin-reused" }))
})
