import { describe, expect, test } from "vitest"
import { resume } from "bellwether"
import { backup, planned, primary } from "../../test/subject.ts"
import type { PlanGiven } from "../../test/subject.ts"

const third = { id: "third", baseURL: "https://relay.example/v1", key: "sk-3" }
const price = { input: 1, output: 2 }
const tokens = (count: number) => [{ limit: { tokens: count }, per: "day" as const }]

/** A finding: its path, a config that has it, a config that is nearly the same and does not, and words of it. */
type Row = readonly [path: string, has: PlanGiven, hasNot: PlanGiven, words: string]

const rows: readonly Row[] = [
  // Endpoints
  [
    "endpoints[0].weight",
    { options: { endpoints: [{ ...primary, weight: 2 }, backup] } },
    {
      options: {
        endpoints: [
          { ...primary, weight: 2 },
          { ...backup, tier: 0 },
        ],
      },
    },
    "alone in tier 0",
  ],
  [
    "endpoints[0].price",
    { options: { endpoints: [{ ...primary, price }] } },
    { options: { endpoints: [{ ...primary, price }], cost: true } },
    "read by nobody",
  ],
  [
    "endpoints[0].price",
    { options: { endpoints: [{ ...primary, price }], quota: { budgets: tokens(9_000) } } },
    {
      options: {
        endpoints: [{ ...primary, price }],
        quota: { budgets: [{ limit: { usd: 9 }, per: "day" }] },
      },
    },
    "read by nobody",
  ],
  [
    "endpoints[0].prefill",
    { options: { endpoints: [{ ...primary, prefill: true }] } },
    { options: { endpoints: [{ ...primary, prefill: true }], use: [resume()] } },
    "resume: true",
  ],
  [
    "endpoints[0].contextTokens",
    { options: { endpoints: [{ ...primary, contextTokens: 8_000 }] } },
    { options: { endpoints: [{ ...primary, contextTokens: 8_000 }, backup] } },
    "no other endpoint",
  ],
  [
    "endpoints[0].serves[1]",
    { options: { endpoints: [{ ...primary, serves: ["gpt-*", "gpt-4o"] }] } },
    { options: { endpoints: [{ ...primary, serves: ["gpt-*", "o3"] }] } },
    "gpt-* covers gpt-4o",
  ],
  [
    "endpoints[0].keys[1]",
    { options: { endpoints: [{ id: "a", baseURL: primary.baseURL, keys: ["sk-1", "sk-1"] }] } },
    { options: { endpoints: [{ id: "a", baseURL: primary.baseURL, keys: ["sk-1", "sk-2"] }] } },
    "the same key as endpoints[0].keys[0]",
  ],
  [
    "endpoints[1].key",
    { options: { endpoints: [primary, { ...primary, id: "again", baseURL: `${primary.baseURL}/` }] } },
    { options: { endpoints: [primary, { ...primary, id: "again", models: { "gpt-4o": "gpt-4o-mini" } }] } },
    "the same key as endpoints[0].key",
  ],
  [
    "attempts",
    { options: { endpoints: [primary, backup, third], attempts: 2 } },
    { options: { endpoints: [primary, backup, third], attempts: 3 } },
    "third",
  ],
  [
    "attempts",
    { options: { attempts: 1 } },
    { options: { endpoints: [primary], attempts: 1 } },
    "never moves",
  ],
  // Models
  [
    'fallback.models["gpt-4o"][0]',
    {
      options: {
        endpoints: [{ ...primary, serves: ["gpt-4o"] }],
        fallback: { models: { "gpt-4o": ["o3"] } },
      },
    },
    {
      options: {
        endpoints: [{ ...primary, serves: ["gpt-4o"], models: { o3: "openai/o3" } }],
        fallback: { models: { "gpt-4o": ["o3"] } },
      },
    },
    "is o3",
  ],
  [
    "gateway.keys[0].models[1]",
    {
      options: { endpoints: [{ ...primary, serves: ["gpt-*"] }] },
      gateway: { keys: [{ id: "team", value: "vk", models: ["gpt-4o", "claude-*"] }] },
    },
    {
      options: { endpoints: [{ ...primary, serves: ["gpt-*", "claude-sonnet-4-5"] }] },
      gateway: { keys: [{ id: "team", value: "vk", models: ["gpt-4o", "claude-*"] }] },
    },
    "claude-*",
  ],
  // Timers
  ["timeout", { options: { timeout: false } }, { options: { timeout: {} } }, "never ends"],
  [
    "timeout.answerMs",
    { options: { deadlineMs: 239_999 } },
    { options: { deadlineMs: 240_000 } },
    "no circuit opens",
  ],
  [
    "timeout.answerMs",
    { options: { endpoints: [primary], deadlineMs: 120_000 } },
    { options: { endpoints: [primary], deadlineMs: 120_001 } },
    "never fires",
  ],
  [
    "timeout.firstContentMs",
    { options: { timeout: { firstContentMs: 300_001 } } },
    { options: { timeout: { firstContentMs: 300_000 } } },
    "Make it at most 300000",
  ],
  [
    'timeout.models["o3"].answerMs',
    { options: { timeout: { models: { o3: { answerMs: 300_001 } } } } },
    { options: { timeout: { models: { o3: { answerMs: 300_000 } } } } },
    "comes too late",
  ],
  [
    "timeout.headersMs",
    { options: { timeout: { headersMs: 60_000 } } },
    { options: { timeout: { firstContentMs: 10_000 } } },
    "only for models that think first",
  ],
  [
    "retry.patienceMs",
    { options: { deadlineMs: 130_000, retry: { patienceMs: 130_000 } } },
    { options: { deadlineMs: 130_001, retry: { patienceMs: 130_000 } } },
    "2.2 min",
  ],
  [
    "router.soloPatienceMs",
    { options: { router: { soloPatienceMs: 700_000 } } },
    { options: { router: false } },
    "the deadline that ends the wait",
  ],
  [
    "rateLimit.maxWaitMs",
    { options: { rateLimit: { maxWaitMs: 600_000 } } },
    { options: { rateLimit: { maxWaitMs: 1 } } },
    "10 min",
  ],
  [
    "hedge.delayMs",
    { options: { hedge: { delayMs: 30_000 } } },
    { options: { hedge: { delayMs: 29_999 } } },
    "has been given up",
  ],
  [
    "health.probe.timeoutMs",
    { options: { health: { probe: { intervalMs: 5_000 } } } },
    { options: { health: { probe: { intervalMs: 5_000, timeoutMs: 5_000 } } } },
    "5 s",
  ],
  [
    "gateway.shutdownMs",
    { gateway: { shutdownMs: 30_000 } },
    {
      options: { deadlineMs: 30_000, timeout: { answerMs: 9_000, headersMs: 9_000, firstContentMs: 9_000 } },
      gateway: { shutdownMs: 30_000 },
    },
    "are cut",
  ],
  // Circuits
  [
    "circuitBreaker",
    { options: { endpoints: [primary], circuitBreaker: { consecutiveFailures: 3 } } },
    { options: { circuitBreaker: { consecutiveFailures: 3 } } },
    "primary/key-1 alone serves it",
  ],
  [
    "circuitBreaker",
    { options: { endpoints: [primary, { ...backup, serves: ["o3"] }], circuitBreaker: { openMs: 1_000 } } },
    {
      options: { endpoints: [primary, { ...backup, serves: ["gpt-*"] }], circuitBreaker: { openMs: 1_000 } },
    },
    "keeps no call of gpt-4o away",
  ],
  [
    "circuitBreaker.minimumCompleted",
    { options: { circuitBreaker: { consecutiveFailures: false } }, callsPerMinute: 4 },
    { options: { circuitBreaker: { consecutiveFailures: false } }, callsPerMinute: 5 },
    "4 calls a minute at one target",
  ],
  [
    "circuitBreaker.minimumCompleted",
    {
      options: {
        circuitBreaker: { consecutiveFailures: false, minimumCompleted: 50 },
        rateLimit: { limits: [{ endpoint: "backup", requestsPerMinute: 20 }] },
      },
    },
    {
      options: {
        circuitBreaker: { minimumCompleted: 50 },
        rateLimit: { limits: [{ endpoint: "backup", requestsPerMinute: 20 }] },
      },
    },
    "never reached at backup",
  ],
  [
    "circuitBreaker.windowMs",
    { options: { timeout: { answerMs: 300_000 } } },
    { options: { timeout: { answerMs: 300_000 }, circuitBreaker: { windowMs: 300_000 } } },
    "never add up",
  ],
  // Budgets
  [
    "quota.budgets[0].limit.tokens",
    { options: { quota: { budgets: tokens(1_999) } } },
    { options: { quota: { budgets: tokens(2_000) } } },
    "2000 tokens",
  ],
  [
    "quota.budgets[0].limit.tokens",
    { options: { quota: { budgets: tokens(1_999) } } },
    { options: { quota: { budgets: [{ limit: { tokens: 1_999 }, per: "day", onExceed: "warn" }] } } },
    "none like it",
  ],
  [
    "quota.budgets[0].limit.usd",
    {
      options: {
        endpoints: [
          { ...primary, price: { input: 3, output: 9 } },
          { ...backup, price },
        ],
        quota: { budgets: [{ limit: { usd: 0.0029 }, per: "day" }] },
      },
    },
    {
      options: {
        endpoints: [
          { ...primary, price: { input: 3, output: 9 } },
          { ...backup, price },
        ],
        quota: { budgets: [{ limit: { usd: 0.003 }, per: "day" }] },
      },
    },
    "at least $0.003",
  ],
  [
    "gateway.keys[0].budgets[0].limit.requests",
    { gateway: { keys: [{ id: "a", value: "vk", budgets: [{ limit: { requests: 0.5 }, per: "day" }] }] } },
    { gateway: { keys: [{ id: "a", value: "vk", budgets: [{ limit: { requests: 1 }, per: "day" }] }] } },
    "less than 1",
  ],
  // What has no effect
  [
    "retry.repeats",
    { options: { endpoints: [primary], attempts: 1, retry: { repeats: 2 } } },
    { options: { endpoints: [primary], attempts: 1, retry: { repeats: 0 } } },
    "`attempts` is 1",
  ],
  [
    "hedge",
    { options: { endpoints: [primary], hedge: true } },
    { options: { hedge: true } },
    "no other target",
  ],
  [
    "router.strategy",
    { options: { endpoints: [primary, { ...backup, tier: 0 }], router: { strategy: "cheapest" } } },
    { options: { endpoints: [primary, { ...backup, tier: 0, price }], router: { strategy: "cheapest" } } },
    "no price is known",
  ],
  [
    "resume.how",
    { options: { resume: { how: ["continue"] } } },
    { options: { resume: { how: ["continue", "splice"] } } },
    "prefill: true",
  ],
  [
    "rateLimit.limits[1]",
    {
      options: {
        rateLimit: {
          limits: [
            { endpoint: "primary", requestsPerMinute: 60 },
            { endpoint: "primary", model: "gpt-4o", requestsPerMinute: 10 },
          ],
        },
      },
    },
    {
      options: {
        rateLimit: {
          limits: [
            { endpoint: "primary", model: "gpt-4o", requestsPerMinute: 10 },
            { endpoint: "primary", requestsPerMinute: 60 },
          ],
        },
      },
    },
    "narrower one first",
  ],
]

describe("a plan", () => {
  test.for(rows)("finds %s where it is, and nowhere else", async ([path, has, hasNot, words]) => {
    const found = (await planned(has)).findings.filter((finding) => finding.path === path)
    expect(found).toHaveLength(1)
    expect(found[0]?.sentence).toContain(words)
    expect((await planned(hasNot)).findings.map((finding) => finding.path)).not.toContain(path)
  })

  test("finds nothing in a config of endpoints alone", async () => {
    expect((await planned({})).findings).toEqual([])
    expect((await planned({ options: { endpoints: [primary] } })).findings).toEqual([])
  })

  test("no finding tells of a key", async () => {
    const twin = { ...primary, id: "again" }
    const { findings } = await planned({ options: { endpoints: [primary, twin] } })
    expect(findings).not.toEqual([])
    expect(JSON.stringify(findings)).not.toContain("sk-1")
  })
})
