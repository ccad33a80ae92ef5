import { CostOf, defineEvent, QuotaLevels } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { expect, test } from "vitest"
import { readPrometheus } from "../../test/read-prometheus.ts"
import { route, setUp } from "../../test/stage.ts"
import type { StageOptions } from "../../test/stage.ts"
import { ownLabels } from "./labels.ts"

const down = { kind: "status", status: 500 } as const

/** Knows costs and quotas, probes, breaks a circuit and finds a target unhealthy: so there is something to tell. */
const busy: Plugin = {
  name: "busy",
  setup(services) {
    const { targets, emit, on, provide } = services
    provide(CostOf, { attempt: () => ({ nanoUsd: 1_500, usage: undefined }), tokens: () => undefined })
    provide(QuotaLevels, {
      all: () => [
        { source: "provider", name: "primary/key-1", unit: "requests", left: 20, limit: 80 },
        { source: "provider", name: "backup/key-1", unit: "usd", left: 3 },
        { source: "provider", name: "backup/key-2", unit: "usd" },
        { source: "budget", name: "daily", subject: "search", unit: "usd", left: 3, limit: 5 },
        { source: "budget", name: "daily", subject: "chat", unit: "usd", left: 1, limit: 5 },
      ],
    })
    on(defineEvent<{ call: object }>("call-started"), ({ call }) => {
      emit(defineEvent("call-waited"), { call, waitMs: 30 })
      emit(defineEvent("circuit-opened"), { target: targets[0], model: "gpt-4o" })
      const result = { outcome: "down", latencyMs: 70 }
      emit(defineEvent("probe-ended"), { target: targets[0], result })
      emit(defineEvent("health-changed"), { scope: { endpoint: "primary" }, to: "unhealthy" })
    })
  },
}

/** Of a pipeline where everything happens that is counted. */
async function told(options: StageOptions = {}) {
  const stage = setUp({
    primary: [down, down],
    backup: ["one two three four five six seven"],
    tokensPerSecond: 10,
    use: [busy, route([0, "first"], [0, "repeat"], [1, "first"])],
    ...options,
  })
  await stage.askThrough({ stream: true })
  await stage.askThrough({ stream: true, model: "gpt-4o-mini" })
  const samples = readPrometheus(stage.stats.prometheus())
  return { ...stage, samples }
}

test("every metric has a name, a unit and a help as Prometheus wants them", async () => {
  const { stats } = await told()
  for (const { name, type, help, samples } of stats.families()) {
    const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)))
    const isTotal = name.endsWith("_total")
    expect({
      name,
      help,
      isTotal,
      isEmpty: samples.length === 0,
      labels: labels.difference(ownLabels),
    }).toEqual({
      name: expect.stringMatching(/^bellwether_[a-z]+(_[a-z]+)*$/),
      help: expect.stringMatching(/^[A-Z0-9].*\.$/),
      isTotal: type === "counter",
      isEmpty: false,
      labels: new Set(),
    })
  }
})

test("what it tells is what the snapshot tells", async () => {
  const { samples, stats } = await told()
  const sum = (name: string, wanted: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter(
        ({ name: other, labels }) =>
          other === `bellwether_${name}` &&
          Object.entries(wanted).every(([label, value]) => labels[label] === value),
      )
      .reduce((total, { value }) => total + value, 0)
  const { total, attempts, tokens, failovers, retries, waitMs, targets, cost } = stats.snapshot()
  expect(sum("calls_total", { outcome: "success" })).toBe(total)
  expect(sum("attempts_total")).toBe(attempts.total)
  expect(sum("attempts_total", { endpoint: "primary", outcome: "server-error", model: "gpt-4o" })).toBe(2)
  expect(sum("input_tokens_total")).toBe(tokens.input)
  expect(sum("output_tokens_total", { estimated: "true" })).toBe(tokens.estimated.output)
  expect(sum("output_tokens_total")).toBe(tokens.output)
  expect(sum("failovers_total", { reason: "server-error", endpoint: "backup" })).toBe(failovers)
  expect(sum("retries_total", { reason: "server-error", endpoint: "primary" })).toBe(retries)
  expect(sum("call_wait_seconds_sum")).toBeCloseTo((2 * waitMs!.mean) / 1_000)
  expect(sum("cost_usd_total")).toBeCloseTo(cost!.nanoUsd / 1e9, 12)
  expect(sum("circuit_openings_total")).toBe(2)
  expect(sum("circuit_state", { model: "gpt-4o", state: "open" })).toBe(1)
  expect(sum("circuit_state")).toBe(1)
  expect(sum("health_state", { endpoint: "primary", state: "unhealthy" })).toBe(1)
  expect(sum("probes_total", { endpoint: "primary", key: "key-1", outcome: "down" })).toBe(2)
  expect(sum("probe_duration_seconds_sum")).toBeCloseTo(0.14)
  expect(sum("quota_remaining_ratio", { endpoint: "primary", key: "key-1" })).toBe(0.25)
  expect(sum("quota_remaining_ratio"), "of nobody else").toBe(0.25)
  expect(sum("quota_remaining", { endpoint: "backup", unit: "usd" })).toBe(3)
  expect(sum("budget_remaining_ratio", { budget: "daily" })).toBe(0.2)
  expect(sum("target_status", { status: "available" })).toBe(Object.keys(targets).length)
  expect(sum("target_info", { tier: "1", endpoint: "backup" })).toBe(2)
  expect(sum("calls_in_flight") + sum("attempts_in_flight")).toBe(0)
})

test("the buckets of a histogram are cumulative and end with the count", async () => {
  const { samples, stats } = await told()
  const names = stats.families().flatMap(({ name, type }) => (type === "histogram" ? [name] : []))
  expect(names).toHaveLength(7)
  for (const name of names) {
    const of = (suffix: string) =>
      samples.filter(
        ({ name: other, labels: { model = "gpt-4o" } }) => other === name + suffix && model === "gpt-4o",
      )
    const buckets = of("_bucket")
    const bounds = buckets.map(({ labels }) => (labels["le"] === "+Inf" ? Infinity : Number(labels["le"])))
    const counts = buckets.map(({ value }) => value)
    expect({ name, bounds, counts }).toEqual({
      name,
      bounds: bounds.toSorted((a, b) => a - b),
      counts: counts.toSorted((a, b) => a - b),
    })
    const [[sum], [count]] = [of("_sum"), of("_count")]
    expect({ name, count: count!.value }).toEqual({ name, count: counts.at(-1) })
    expect(sum!.value).toBeGreaterThan(0)
  }
  const waited = samples.filter(
    ({ name, labels }) => name.endsWith("wait_seconds_bucket") && labels["model"] === "gpt-4o",
  )
  expect(waited.map(({ labels, value }) => [labels["le"], value]).slice(0, 3)).toEqual([
    ["0.01", 0],
    ["0.02", 0],
    ["0.04", 1],
  ])
})

test("no key is told, and the labels of the pipeline are on everything", async () => {
  const { stats, samples } = await told({ metrics: { labels: { pipeline: "search" } } })
  expect(stats.prometheus()).not.toContain("secret")
  expect(samples.filter(({ labels }) => labels["pipeline"] !== "search")).toEqual([])
})

test("however many models there are, there are only so many labels", async () => {
  const { stats, askThrough } = setUp({ metrics: { maxModels: 3 } })
  for (let model = 0; model < 30; model++) await askThrough({ model: `model-${model}` })
  const models = new Set(readPrometheus(stats.prometheus()).flatMap(({ labels }) => labels["model"] ?? []))
  expect([...models].toSorted()).toEqual(["(other)", "model-0", "model-1", "model-2"])
})

test("a circuit, a health, a quota and a cost nobody knows of are not told", async () => {
  const { stats, askThrough } = setUp()
  await askThrough()
  expect(stats.prometheus()).not.toMatch(/circuit|health_state|probe|quota|budget|cost/)
})
