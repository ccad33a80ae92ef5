import { CostOf, defineEvent, QuotaLevels } from "@bellwether/core"
import type { Plugin, Services } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { route, setUp } from "../test/stage.ts"

const down = { kind: "status", status: 500 } as const

/** A plugin that hands out what it was lent. */
function handle(): Plugin & { readonly services: Services } {
  let lent: Services | undefined
  return {
    name: "handle",
    setup: (services) => void (lent = services),
    get services() {
      if (lent === undefined) throw new Error("It is in no pipeline.")
      return lent
    },
  }
}

describe("rows", () => {
  test("attempts are summed by endpoint, target and model, calls by the model asked for", async () => {
    const { stats, askThrough } = setUp({
      primary: [down],
      use: [route([0, "first"], [1, "first"], [2, "first"])],
    })
    await askThrough()
    await askThrough({ model: "gpt-4o-mini" })
    const { attempts, endpoints, targets, models, failures } = stats.snapshot()
    expect(attempts).toMatchObject({ total: 4, successful: 2, failed: 2 })
    expect(failures, "of calls").toEqual({})
    expect(endpoints).toMatchObject({
      primary: { total: 2, failures: { "server-error": 2 }, failovers: 0 },
      backup: { total: 2, successful: 2, failovers: 2 },
    })
    expect(Object.keys(targets)).toEqual(["primary/key-1", "backup/key-1", "backup/key-2"])
    expect(targets["backup/key-2"]).toMatchObject({ total: 0, status: "available", health: null })
    expect(Object.keys(models).toSorted()).toEqual(["gpt-4o", "gpt-4o-mini"])
    expect(models["gpt-4o"]).toMatchObject({
      total: 2,
      failed: 1,
      failovers: 1,
      calls: { total: 1, successful: 1, failed: 0, waitMs: null },
    })
  })

  test("a call that names no model has a row too", async () => {
    const { stats, askThrough } = setUp()
    await askThrough({ model: null })
    expect(stats.snapshot().models).toMatchObject({ "(none)": { calls: { total: 1 } } })
  })

  test("models beyond the limit share a row", async () => {
    const { stats, askThrough } = setUp({ metrics: { maxModels: 1 } })
    for (const model of ["a", "b", "c"]) await askThrough({ model })
    expect(stats.snapshot().models).toMatchObject({ a: { total: 1 }, "(other)": { total: 2 } })
  })

  test("hedges, panics and resumes are counted by their kind", async () => {
    const plan = [
      [0, "panic"],
      [1, "hedge"],
      [2, "resume"],
    ] as const
    const { stats, askThrough } = setUp({ primary: [down], backup: [down], use: [route(...plan)] })
    await askThrough()
    expect(stats.snapshot()).toMatchObject({ panics: 1, hedges: 1, resumes: 1, failovers: 1, retries: 0 })
  })
})

describe("windows", () => {
  test("hold the last minute or five, and sinceMs tells since when", async () => {
    const { clock, stats, askThrough } = setUp({ primary: ["fine", down], use: [route([0, "first"])] })
    const totals = () =>
      (["1m", "5m"] as const).map((window) => stats.snapshot({ window }).total).concat(stats.snapshot().total)
    await askThrough()
    expect(totals()).toEqual([1, 1, 1])
    await clock.advance(120_000)
    await askThrough()
    expect(totals()).toEqual([1, 2, 2])
    expect(stats.snapshot({ window: "1m" })).toMatchObject({ failed: 1, successful: 0, latencyMs: null })
    const { sinceMs } = stats.snapshot({ window: "1m" })
    expect(clock.date() - sinceMs).toBeGreaterThanOrEqual(60_000)
    expect(clock.date() - sinceMs).toBeLessThanOrEqual(75_000)
    await clock.advance(315_000)
    expect(totals()).toEqual([0, 0, 2])
    expect(stats.snapshot().sinceMs).toBe(1_000_000)
  })

  test("begin no earlier than the last reset", async () => {
    const { clock, stats, askThrough } = setUp()
    await clock.advance(3_600_000)
    await askThrough()
    stats.reset()
    const resetAtMs = clock.date()
    await clock.advance(20_000)
    expect(stats.snapshot({ window: "5m" })).toMatchObject({ total: 0, sinceMs: resetAtMs })
  })

  test("there are no others", () => {
    expect(() => setUp().stats.snapshot({ window: "2m" as never })).toThrow('snapshot.window can not be "2m"')
  })
})

describe("what attempts take", () => {
  test("tokens are summed, and told apart where they are estimated; speed is of whole answers", async () => {
    const { stats, askThrough } = setUp({
      primary: ["one two three", "one two three four five six", { kind: "stream-cut", afterContent: 3 }],
      tokensPerSecond: 10,
      use: [route([0, "first"])],
    })
    await askThrough()
    const { tokens, tokensPerSecond } = stats.snapshot()
    expect(tokens).toMatchObject({ cachedInput: 0, reasoning: 0, estimated: { input: 0, output: 0 } })
    expect(tokens.input).toBeGreaterThan(0)
    expect(tokens.output).toBeGreaterThan(0)
    expect(tokensPerSecond, "it took no time").toBeNull()
    await askThrough({ stream: true })
    const { tokens: more, tokensPerSecond: speed } = stats.snapshot()
    expect(more.estimated.output).toBeGreaterThan(0)
    expect(more.output).toBe(tokens.output + more.estimated.output)
    expect(more.input).toBe(tokens.input + more.estimated.input)
    expect(speed!.p50).toBeGreaterThan(5)
    expect(speed!.p50).toBeLessThan(20)
    await askThrough({ stream: true })
    expect(stats.snapshot()).toMatchObject({ failed: 1, tokensPerSecond: speed })
    expect(stats.snapshot().tokens.output).toBeGreaterThan(more.output)
  })

  test("costs are what the service says, and nothing without one", async () => {
    const { stats, askThrough } = setUp()
    await askThrough()
    expect(stats.snapshot().cost).toBeNull()
    const usage = { input: 1, output: 1, estimated: true }
    const costs = [
      { nanoUsd: 70, usage },
      { nanoUsd: undefined, usage: undefined },
      { nanoUsd: 5, usage: undefined },
    ]
    let next = 0
    const pricey: Plugin = {
      name: "pricey",
      setup: (services) =>
        services.provide(CostOf, {
          attempt: () => costs[next++] ?? { nanoUsd: 0, usage: undefined },
          tokens: () => undefined,
        }),
    }
    const costed = setUp({ use: [pricey] })
    for (const _ of costs) await costed.askThrough()
    const cost = { nanoUsd: 75, estimatedNanoUsd: 70, unknown: 1 }
    expect(costed.stats.snapshot()).toMatchObject({ cost, models: { "gpt-4o": { cost } } })
  })

  test("a cost that cannot be told leaves the other numbers alone", async () => {
    const broken: Plugin = {
      name: "broken",
      setup: (services) =>
        services.provide(CostOf, {
          attempt: () => {
            throw new Error("no price today")
          },
          tokens: () => undefined,
        }),
    }
    const { stats, askThrough } = setUp({ use: [broken] })
    await askThrough()
    const { attempts, tokens, inFlight } = stats.snapshot()
    expect(attempts).toMatchObject({ total: 1, successful: 1, inFlight: 0 })
    expect(tokens.input).toBeGreaterThan(0)
    expect(inFlight).toBe(0)
  })
})

describe("what other plugins tell", () => {
  test("waits of calls, by the model", async () => {
    const tell = handle()
    const { stats, pipeline, askThrough } = setUp({ use: [tell] })
    pipeline.on(defineEvent<{ call: object }>("call-started"), ({ call }) =>
      tell.services.emit(defineEvent("call-waited"), { call, waitMs: 640 }),
    )
    await askThrough()
    const { waitMs, models } = stats.snapshot()
    expect(waitMs).toMatchObject({ mean: 640, max: 640 })
    expect(models["gpt-4o"]!.calls.waitMs).toEqual(waitMs)
  })

  test("circuits, by target and model, until they close", () => {
    const tell = handle()
    const { stats } = setUp({ use: [tell], metrics: { models: ["gpt-4o", "claude-*"] } })
    const { emit, targets } = tell.services
    const told = (name: string, model: string) => emit(defineEvent(name), { target: targets[0], model })
    const states = () => stats.snapshot().targets["primary/key-1"]!.circuits
    told("circuit-opened", "gpt-4o")
    expect(states()).toEqual({ "gpt-4o": "open" })
    told("circuit-half-opened", "gpt-4o")
    expect(states()).toEqual({ "gpt-4o": "half-open" })
    told("circuit-closed", "gpt-4o")
    expect(states()).toEqual({})
    told("circuit-opened", "claude-opus")
    expect(states(), "a row of several models has no single state").toEqual({})
    expect(stats.snapshot()).toMatchObject({
      circuitOpenings: 2,
      endpoints: { primary: { circuitOpenings: 2 } },
    })
  })

  test("health: the worse of what is said of an endpoint and of its key", () => {
    const tell = handle()
    const { stats } = setUp({ use: [tell] })
    const { emit, targets } = tell.services
    const changed = (scope: object, to: string) => emit(defineEvent("health-changed"), { scope, to })
    const states = () => Object.values(stats.snapshot().targets).map(({ health }) => health)
    expect(states()).toEqual([null, null, null])
    const probed = (place: number) =>
      emit(defineEvent("probe-ended"), { target: targets[place], result: { outcome: "up", latencyMs: 7 } })
    probed(0)
    expect(states()).toEqual(["healthy", null, null])
    changed({ endpoint: "backup" }, "degraded")
    changed({ endpoint: "backup", key: "key-2" }, "unhealthy")
    changed({ endpoint: "backup", key: "key-2", model: "gpt-4o" }, "healthy")
    changed({ endpoint: "nobody" }, "unhealthy")
    probed(2)
    expect(states()).toEqual(["healthy", "degraded", "unhealthy"])
    changed({ endpoint: "backup", key: "key-2" }, "healthy")
    expect(states()).toEqual(["healthy", "degraded", "degraded"])
  })

  test("probes, by target, what came of them, and how long answers took; also in a window", async () => {
    const tell = handle()
    const { stats, clock } = setUp({ use: [tell] })
    const { emit, targets } = tell.services
    const probed = (target: object | undefined, outcome: string, latencyMs: number) =>
      emit(defineEvent("probe-ended"), { target, result: { outcome, latencyMs } })
    probed(targets[0], "up", 640)
    probed({ id: "nobody/key-1" }, "up", 7)
    await clock.advance(120_000)
    probed(targets[0], "down", 640)
    probed(targets[0], "timeout", 10_000)
    const of = (id: string, window?: "1m") => stats.snapshot(window && { window }).targets[id]!.probes
    expect(of("primary/key-1")).toEqual({
      total: 3,
      outcomes: { up: 1, down: 1, timeout: 1 },
      latencyMs: { mean: 640, p50: 640, p95: 640, p99: 640, max: 640 },
    })
    expect(of("primary/key-1", "1m").outcomes).toEqual({ down: 1, timeout: 1 })
    expect(of("backup/key-1")).toEqual({ total: 0, outcomes: {}, latencyMs: null })
    expect(Object.keys(stats.snapshot().targets)).toHaveLength(3)
  })
})

test("what is left of quotas and budgets is told as it is now; of a budget of many, the least", () => {
  const told = { left: 90 }
  const keeper: Plugin = {
    name: "keeper",
    setup: ({ provide }) =>
      provide(QuotaLevels, {
        all: () => [
          { source: "provider", name: "primary/key-1", unit: "requests", limit: 100, resetAtMs: 7, ...told },
          { source: "provider", name: "backup/key-1", unit: "usd", left: 3 },
          { source: "budget", name: "daily", subject: "a", unit: "usd", left: 4, limit: 5 },
          { source: "budget", name: "daily", subject: "b", unit: "usd", left: 1, limit: 5 },
          { source: "budget", name: "daily", subject: "c", unit: "usd", left: 5, limit: 5 },
        ],
      }),
  }
  const { stats } = setUp({ use: [keeper] })
  const quota = (id: string) => stats.snapshot().targets[id]!.quota
  const primary = { unit: "requests", left: 90, limit: 100, remainingRatio: 0.9, resetAtMs: 7 }
  expect(quota("primary/key-1")).toEqual(primary)
  told.left = -5
  expect(quota("primary/key-1")).toEqual({ ...primary, left: -5, remainingRatio: 0 })
  expect(quota("backup/key-1")).toMatchObject({ left: 3, limit: null, remainingRatio: null })
  expect(quota("backup/key-2")).toBeNull()
  expect(stats.snapshot().budgets).toEqual({
    daily: { unit: "usd", left: 1, limit: 5, remainingRatio: 0.2, resetAtMs: null },
  })
})
