import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { backup, planned, primary } from "../../test/subject.ts"
import type { Outcome } from "./play.ts"
import type { Plan } from "./plan.ts"

const outcomeOf = ({ outcomes }: Plan, scenario: string): Outcome => {
  const found = outcomes.find((outcome) => outcome.scenario === scenario)
  if (found === undefined) throw new Error(`There is no scenario "${scenario}".`)
  return found
}

/** Scenarios in which a call takes more attempts, or is decided later, than the plan's first line says. */
const lawless = ({ outcomes, mostAttempts, longestMs }: Plan): readonly Outcome[] =>
  outcomes.filter(
    ({ attempts, decidedMs, tookMs }) =>
      attempts > mostAttempts || decidedMs > longestMs || (tookMs ?? Infinity) < decidedMs,
  )

describe("a plan plays the config", () => {
  test("every scenario keeps to the attempts and the deadline", async () => {
    const plan = await planned({})
    expect(plan).toMatchObject({ mostAttempts: 8, longestMs: 600_000, refusal: null })
    expect(plan.outcomes).toHaveLength(10)
    expect(lawless(plan)).toEqual([])
  })

  test("what it tells of two endpoints follows from the failure table", async () => {
    const plan = await planned({ options: { retry: { repeats: 1, backoff: () => 250 } } })
    expect(outcomeOf(plan, "all refuse the key (401)")).toMatchObject({ attempts: 2, ending: "credential" })
    expect(outcomeOf(plan, "all refuse the connection")).toMatchObject({ attempts: 4, ending: "unreachable" })
    expect(outcomeOf(plan, "all are silent")).toMatchObject({
      attempts: 2,
      tookMs: 600_000,
      ending: "deadline-exceeded",
    })
    expect(outcomeOf(plan, "all fall silent after a word")).toMatchObject({
      attempts: 1,
      decidedMs: 0,
      tookMs: 30_000,
      ending: "cut",
    })
  })

  test("the most that is asked for counts, not what is usual", async () => {
    const plan = await planned({ options: { attempts: 2, deadlineMs: 5_000 } })
    expect(outcomeOf(plan, "all answer 500").attempts).toBe(2)
    expect(outcomeOf(plan, "all are silent")).toMatchObject({ tookMs: 5_000 })
    expect(lawless(plan)).toEqual([])
  })

  test("the dearest call pays for every attempt, each at its own price", async () => {
    const endpoints = [
      { ...primary, price: { input: 2, output: 8 } },
      { ...backup, price: { input: 1, output: 4 } },
    ]
    const { outcomes } = await planned({
      options: { endpoints, cost: true, retry: { repeats: 0 } },
      question: { inputTokens: 10_000, outputTokens: 500 },
    })
    const [first] = outcomes
    expect(first).toMatchObject({ scenario: "all answer 500", attempts: 2 })
    expect(first?.dearestUsd).toBeCloseTo(0.024 + 0.012, 12)
  })

  test("a price that one target does not have makes the sum unknown", async () => {
    const endpoints = [{ ...primary, price: { input: 2, output: 8 } }, backup]
    const { outcomes } = await planned({ options: { endpoints, cost: true } })
    expect(outcomes[0]?.dearestUsd).toBeNull()
  })

  test("a stream that nobody ends is told to never end", async () => {
    const plan = await planned({ options: { timeout: false } })
    expect(outcomeOf(plan, "all fall silent after a word")).toMatchObject({ tookMs: null, ending: "silence" })
  })

  test("the same config has the same plan every time", async () => {
    const given = {
      options: { endpoints: [primary, { ...backup, tier: 0 }], resume: true, hedge: { delayMs: 500 } },
    }
    expect(JSON.stringify(await planned(given))).toBe(JSON.stringify(await planned(given)))
  })

  test("whatever the config, a call keeps to its attempts and its deadline", async () => {
    const ms = fc.integer({ min: 1, max: 100_000 })
    const endpoint = fc.record(
      {
        keys: fc
          .integer({ min: 1, max: 3 })
          .map((count) => Array.from({ length: count }, (_, at) => `sk-${at}`)),
        tier: fc.nat(2),
      },
      { requiredKeys: ["keys"] },
    )
    const options = fc.record(
      {
        endpoints: fc
          .array(endpoint, { minLength: 1, maxLength: 3 })
          .map((all) => all.map((one, at) => ({ id: `e${at}`, baseURL: primary.baseURL, ...one }))),
        attempts: fc.integer({ min: 1, max: 6 }),
        deadlineMs: ms,
        retry: fc.oneof(
          fc.constant(false as const),
          fc.record({
            repeats: fc.nat(4),
            patienceMs: ms,
            soloPatienceMs: ms,
            budget: fc.constant(false as const),
          }),
        ),
        timeout: fc.oneof(
          fc.constant(false as const),
          fc.record({ headersMs: ms, firstContentMs: ms, idleMs: ms, answerMs: ms }),
        ),
        router: fc.oneof(fc.constant(false as const), fc.record({ patienceMs: ms })),
        circuitBreaker: fc.oneof(
          fc.constant(false as const),
          fc.record({ consecutiveFailures: fc.integer({ min: 1, max: 3 }) }),
        ),
        hedge: fc.oneof(fc.boolean(), fc.record({ delayMs: ms, maxExtra: fc.constant(1) })),
        resume: fc.boolean(),
      },
      { requiredKeys: ["endpoints"] },
    )
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        expect(lawless(await planned({ options: given }))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

describe("a plan reaches nobody", () => {
  const forbidden = (): never => {
    throw new Error("A plan must not come here.")
  }

  test("no key is fetched, nothing is sent, no plugin or store of others is used", async () => {
    const plan = await planned({
      options: {
        endpoints: [
          { ...primary, key: forbidden },
          { id: "backup", baseURL: backup.baseURL, keys: [forbidden, { id: "spare", value: forbidden }] },
          {
            id: "own",
            baseURL: "https://relay.example/v1",
            key: "sk-3",
            provider: { name: "own", url: forbidden, authorize: forbidden },
          },
        ],
        fetch: forbidden,
        store: { get: forbidden, swap: forbidden, increment: forbidden, watch: forbidden },
        use: [{ name: "audit", setup: forbidden }],
        quota: { usage: { primary: forbidden }, budgets: [{ limit: { requests: 100 }, per: "day" }] },
        health: { probe: { answer: forbidden } },
      },
    })
    expect(plan.unplayed).toEqual(["audit"])
    expect(outcomeOf(plan, "all refuse the key (401)").attempts).toBe(4)
  })

  test("a usage poll alone leaves no quota to play", async () => {
    const plan = await planned({ options: { quota: { usage: { primary: "daily" } } } })
    expect(plan.refusal).toBeNull()
  })

  test("Azure and Anthropic are played like any", async () => {
    const endpoints = [
      { ...primary, provider: "azure" as const, apiVersion: "2024-10-21" },
      { ...backup, provider: "anthropic" as const },
    ]
    expect((await planned({ options: { endpoints } })).outcomes).toEqual((await planned({})).outcomes)
  })
})

describe("a plan of calls that are never made", () => {
  test("says that nobody serves the model, in place of a table of zeros", async () => {
    const endpoints = [{ ...primary, serves: ["claude-*"] }]
    const plan = await planned({ options: { endpoints } })
    expect(plan.outcomes).toEqual([])
    expect(plan.refusal).toContain('No endpoint serves the model "gpt-4o"')
  })

  test("says which budget they do not fit into", async () => {
    const plan = await planned({
      options: { quota: { budgets: [{ name: "tiny", limit: { tokens: 10 }, per: "day" }] } },
    })
    expect(plan.refusal).toContain('"tiny"')
  })
})
