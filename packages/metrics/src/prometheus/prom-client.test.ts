import { Counter, Registry } from "prom-client"
import { expect, test } from "vitest"
import { readPrometheus } from "../../test/read-prometheus.ts"
import { setUp } from "../../test/stage.ts"
import { promClientMetrics } from "./prom-client.ts"

async function registered(register = new Registry()) {
  const stage = setUp({ tokensPerSecond: 10 })
  for (const metric of promClientMetrics(stage.stats)) register.registerMetric(metric as never)
  await stage.askThrough({ stream: true })
  await stage.askThrough({ stream: true, model: 'my "own"\\model\n' })
  return { ...stage, register }
}

test("a registry of prom-client tells what the page tells, beside the user's own metrics", async () => {
  const { stats, register } = await registered()
  new Counter({ name: "own_total", help: "Own.", registers: [register] }).inc()
  const told = readPrometheus((await register.metrics()).replaceAll("\n\n", "\n"))
  expect(told).toEqual([...readPrometheus(stats.prometheus()), { name: "own_total", labels: {}, value: 1 }])
})

test("each page is new, and all of it is counted at once", async () => {
  const { stats, register, askThrough } = await registered()
  const counted = { pages: 0 }
  const fresh = new Registry()
  const source = { families: () => (counted.pages++, stats.families()), reset: stats.reset }
  for (const metric of promClientMetrics(source)) fresh.registerMetric(metric as never)
  const before = await fresh.metrics()
  await askThrough()
  expect(await fresh.metrics()).toBe(await register.metrics())
  expect(await fresh.metrics()).not.toBe(before)
  expect(counted.pages, "one for the names").toBe(4)
})

test("it speaks OpenMetrics, has a place in a merged registry, and in JSON", async () => {
  const { register } = await registered()
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  const page = await register.metrics()
  expect(page).toMatch(/^# TYPE bellwether_calls counter$/m)
  expect(page).toMatch(/^bellwether_calls_total\{model="gpt-4o",outcome="success"\} 1$/m)
  expect(page).toMatch(/^bellwether_call_duration_seconds_count\{model="gpt-4o"\} 1$/m)

  const { register: plain } = await registered()
  plain.setDefaultLabels({ app: "shop" })
  const merged = Registry.merge([plain, new Registry()])
  expect(await merged.metrics()).toContain('bellwether_calls_total{model="gpt-4o",outcome="success"} 1')
  const json = await plain.getMetricsAsJSON()
  const calls = json.find(({ name }) => name === "bellwether_calls_total")
  expect(calls?.values[0]).toMatchObject({ labels: { model: "gpt-4o", app: "shop" }, value: 1 })
})

test("a reset of the registry is one of the numbers", async () => {
  const { stats, register } = await registered()
  register.resetMetrics()
  expect(stats.snapshot().total).toBe(0)
})
