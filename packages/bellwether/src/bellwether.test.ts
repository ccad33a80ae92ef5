import { PipelineError } from "@bellwether/core"
import type { Fetch, Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { bellwether } from "./bellwether.ts"
import type { BellwetherOptions } from "./options.ts"

const endpoints = [
  { id: "primary", baseURL: "https://primary.test/v1", key: "sk-1" },
  { id: "backup", baseURL: "https://backup.test/v1", key: "sk-2" },
]

/** The primary is down, the backup answers. */
const primaryDown: Fetch = async (url) =>
  url.startsWith("https://primary.test")
    ? Response.json({ error: { message: "Down." } }, { status: 503 })
    : Response.json({ object: "list", data: [] })

const rowOf = (options: Partial<BellwetherOptions>, row: string): string | undefined =>
  bellwether({ endpoints, ...options })
    .describe()
    .split("\n")
    .find((line) => line.startsWith(row))

describe("bellwether", () => {
  test("puts the plugins of the default stack into their places", () => {
    expect(rowOf({}, "call")).toMatch(/retry.*router/)
    expect(rowOf({}, "admission")).toMatch(/retry.*circuit-breaker/)
    expect(rowOf({}, "attempt")).toContain("timeout")
    expect(rowOf({}, "watching")).toContain("metrics")
  })

  test.for([
    ["retry", "call", "retry"],
    ["router", "call", "router"],
    ["rateLimit", "admission", "rate-limit"],
    ["circuitBreaker", "admission", "circuit-breaker"],
    ["timeout", "attempt", "timeout"],
    ["metrics", "watching", "metrics"],
    ["health", "watching", "health"],
  ] as const)("%s: false leaves it out", ([option, row, name]) => {
    expect(rowOf({}, row)).toContain(name)
    expect(rowOf({ [option]: false }, row)).not.toContain(name)
  })

  test.for([
    ["fallback", { models: { a: ["b"] } }],
    ["resume", true],
    ["resume", { how: ["splice"] }],
    ["hedge", true],
    ["hedge", { maxExtra: 0.1 }],
  ] as const)("%s is there when it is asked for: %j", ([option, value]) => {
    expect(rowOf({}, "call")).not.toContain(option)
    expect(rowOf({ [option]: value }, "call")).toContain(option)
  })

  test("all of it stands in the order of the design", () => {
    const quota = { budgets: [{ limit: { requests: 1 }, per: "day" as const }] }
    const chosen = { resume: true, hedge: true, cost: true }
    const options = { fallback: { models: { a: ["b"] } }, quota, ...chosen }
    expect(rowOf(options, "call")).toContain("quota → fallback → resume → retry → hedge → router")
    expect(rowOf(options, "admission")).toMatch(/retry.*rate-limit → circuit-breaker/)
    expect(rowOf(options, "watching")).toContain("cost")
  })

  test("circuits can be forced, and health be looked at", async () => {
    await using pipeline = bellwether({ endpoints, fetch: primaryDown })
    pipeline.circuits.forceOpen({ endpoint: "primary" }, { reason: "on strike" })
    const { call } = await pipeline.call({ path: "/models" })
    expect(call.attempts.map(({ target }) => target.endpoint)).toEqual(["backup"])
    expect(pipeline.health.snapshot()).toHaveProperty(["primary/key-1", "state"], "healthy")
  })

  test("a call is answered by the next endpoint, and counted", async () => {
    await using pipeline = bellwether({ endpoints, fetch: primaryDown, retry: { backoff: () => 0 } })
    expect((await pipeline.fetch("/models")).status).toBe(200)
    expect(pipeline.metrics.snapshot()).toMatchObject({
      total: 1,
      successful: 1,
      failed: 0,
      failovers: 1,
      targets: { "backup/key-1": { total: 1 } },
    })
  })

  test("the options of a plugin reach it", () => {
    expect(() => bellwether({ endpoints, retry: { repeats: -1 } })).toThrow("retry.repeats")
    expect(() => bellwether({ endpoints, router: { patienceMs: -1 } })).toThrow("router.patienceMs")
    expect(() => bellwether({ endpoints, circuitBreaker: { windowMs: 0 } })).toThrow(
      "circuitBreaker.windowMs",
    )
    expect(() => bellwether({ endpoints, timeout: { idleMs: 0 } })).toThrow("timeout.idleMs")
  })

  test("the options of the pipeline reach it", async () => {
    await using pipeline = bellwether({ endpoints, fetch: primaryDown, attempts: 1 })
    const result = await pipeline.call({ path: "/models" })
    expect(result.call.attempts).toHaveLength(1)
  })

  test("what was not asked for says how to ask for it", async () => {
    await using pipeline = bellwether({ endpoints, fetch: primaryDown, health: false })
    for (const [option, ask] of [
      ["quota", () => pipeline.quota.snapshot()],
      ["cost", () => pipeline.cost.report()],
      ["health", () => pipeline.health.snapshot()],
    ] as const)
      expect(ask).toThrow(
        `This ${option}() is in no pipeline: put it into \`use\`, or set the option \`${option}\``,
      )
  })

  test("a further plugin of one's own works in it", async () => {
    const seen: string[] = []
    const audit: Plugin = {
      name: "audit",
      setup: () => ({
        call(request, next, context) {
          seen.push(request.path)
          return next(request, context)
        },
      }),
    }
    await using pipeline = bellwether({ endpoints, fetch: primaryDown, use: [audit] })
    await pipeline.fetch("/models")
    expect(seen).toEqual(["/models"])
    expect(pipeline.describe()).toMatch(/call +audit → retry/)
  })

  test.for([
    [{ rety: {} }, "did you mean retry?"],
    [{ retry: true }, "bellwether.retry must be an object or false"],
    [{ circuitBreaker: "on" }, "bellwether.circuitBreaker must be"],
    [{ resume: "yes" }, "bellwether.resume must be"],
    [{ fallback: true }, "bellwether.fallback must be"],
    [{ metrics: true }, "bellwether.metrics must be"],
  ] as const)("%j is refused in a sentence", ([wrong, sentence]) => {
    const options = { endpoints, ...wrong } as unknown as BellwetherOptions
    expect(() => bellwether(options)).toThrow(sentence)
    expect(() => bellwether(options)).toThrow(PipelineError)
  })

  test("everything that is wrong is told at once, whomever it is for", () => {
    const options = {
      endpoints: [{ id: "a", baseUrl: "https://primary.test/v1" }],
      rety: {},
      hedge: 5,
      retry: { repeats: -1 },
      timeout: { idleMs: 0 },
      cost: false,
      use: [null],
    } as unknown as BellwetherOptions
    expect(() => bellwether(options)).toThrow(
      expect.objectContaining({
        faults: [
          "bellwether.rety is not an option; did you mean retry?",
          "bellwether.hedge must be an object or a flag, not 5.",
          "endpoints[0].baseUrl is not an option; did you mean baseURL?",
          "endpoints[0].baseURL is missing.",
          "use[0] must be a plugin, with a name and a setup function, not null.",
          "retry.repeats must be a whole number of at least 0, not -1.",
          "timeout.idleMs must be a number of milliseconds above 0, not 0.",
        ],
      }),
    )
  })

  test("without endpoints it is refused", () => {
    expect(() => bellwether({} as BellwetherOptions)).toThrow("endpoints is missing")
  })
})
