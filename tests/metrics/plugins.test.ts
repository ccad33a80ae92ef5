import { circuitBreaker, CircuitClosed, CircuitHalfOpened, CircuitOpened } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { cost, priceList } from "@bellwether/cost"
import { health, HealthChanged } from "@bellwether/health"
import { hedge, HedgeStarted } from "@bellwether/hedge"
import { metrics } from "@bellwether/metrics"
import { quota } from "@bellwether/quota"
import { rateLimit } from "@bellwether/rate-limit"
import { CallMoved, retry, RetryScheduled } from "@bellwether/retry"
import { CallWaited, router } from "@bellwether/router"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"

const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] })

function setUp(use: readonly Plugin[]) {
  const clock = virtualClock()
  const provider = scriptedProvider({ clock })
  const backup = scriptedProvider({ clock, origin: "https://backup.test" })
  const stats = metrics()
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: provider.baseURL, key: "sk-1" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-2" },
    ],
    fetch: scriptedFetch(provider, backup),
    clock,
    use: [stats, ...use],
  })
  const ask = () => clock.runUntil(pipeline.call({ method: "POST", path: "/chat/completions", body }))
  const primary = () => stats.snapshot().targets["primary/key-1"]!
  return { clock, provider, stats, pipeline, ask, primary }
}

const down = { kind: "status", status: 500 } as const

// metrics knows these plugins by the names of their events alone.
describe("metrics hears of", () => {
  test("the circuits of circuit-breaker: open, half open, and closed again", async () => {
    const { clock, provider, pipeline, ask, primary } = setUp([retry(), router(), circuitBreaker()])
    const seen: unknown[] = []
    for (const type of [CircuitOpened, CircuitHalfOpened, CircuitClosed])
      pipeline.on(type, ({ target }) => {
        if (target.endpoint === "primary") seen.push([type.name, primary().circuits])
      })
    provider.follow([down])
    for (let call = 0; call < 5; call++) await ask()
    provider.follow([])
    while (seen.length < 3) {
      await clock.advance(10_000)
      await ask()
    }
    expect(seen).toEqual([
      ["circuit-opened", { "gpt-4o": "open" }],
      ["circuit-half-opened", { "gpt-4o": "half-open" }],
      ["circuit-closed", {}],
    ])
    expect(primary().circuitOpenings).toBe(1)
  })

  test("the repeats and moves of retry, and the hedges of hedge", async () => {
    const { clock, provider, stats, pipeline } = setUp([retry(), hedge({ delayMs: 500 }), router()])
    const told = { retries: 0, failovers: 0, hedges: 0 }
    pipeline.on(RetryScheduled, () => void told.retries++)
    pipeline.on(CallMoved, () => void told.failovers++)
    pipeline.on(HedgeStarted, () => void told.hedges++)
    for (let call = 0; call < 40; call++) {
      provider.follow([[down, { kind: "black-hole" } as const, "fine"][call % 3]!])
      const stream = JSON.stringify({ ...(JSON.parse(body) as object), stream: true })
      const asking = pipeline.call({ method: "POST", path: "/chat/completions", body: stream })
      await clock.runUntil(asking.then((result) => (result.ok ? result.response.text() : undefined)))
    }
    expect(Object.values(told).every((count) => count > 0)).toBe(true)
    expect(stats.snapshot()).toMatchObject(told)
  })

  test("what health has found", async () => {
    const { clock, provider, pipeline, primary } = setUp([health()])
    const found: unknown[] = []
    pipeline.on(HealthChanged, ({ scope, to }) => {
      if (scope.endpoint === "primary") found.push([to, primary().health])
    })
    provider.inject({ kind: "refuse" })
    await clock.runUntil(pipeline.ready())
    expect(primary().health, "one probe does not tell").toBe("healthy")
    await clock.advance(300_000)
    expect(found).toEqual([["unhealthy", "unhealthy"]])
    const { probes } = primary()
    expect(probes.total).toBeGreaterThan(2)
    expect(probes).toMatchObject({ outcomes: { error: probes.total }, latencyMs: null })
    await pipeline.close()
  })

  test("how long probes take that are answered", async () => {
    const { clock, pipeline, stats } = setUp([health()])
    await clock.runUntil(pipeline.ready())
    const { total, outcomes, latencyMs } = stats.snapshot().targets["backup/key-1"]!.probes
    expect({ total, outcomes }).toEqual({ total: 1, outcomes: { up: 1 } })
    expect(latencyMs!.max).toBeGreaterThanOrEqual(0)
    await pipeline.close()
  })

  test("what quota has been told, and what is left of its budgets", async () => {
    const quotas = quota({
      usage: { primary: () => ({ left: 30, limit: 120, unit: "requests" }) },
      budgets: [{ limit: { requests: 10 }, per: "hour", name: "hourly" }],
    })
    const { clock, pipeline, ask, primary, stats } = setUp([quotas])
    await clock.runUntil(pipeline.ready())
    await ask()
    expect(primary().quota).toMatchObject({ unit: "requests", left: 30, limit: 120, remainingRatio: 0.25 })
    expect(stats.snapshot().budgets).toMatchObject({ hourly: { left: 9, limit: 10, remainingRatio: 0.9 } })
    await pipeline.close()
  })

  test("how long calls wait, in line as well", async () => {
    const limits = ["primary", "backup"].map((endpoint) => ({ endpoint, requestsPerMinute: 600 }))
    const { clock, stats, pipeline } = setUp([router(), rateLimit({ limits })])
    const waitsMs: number[] = []
    pipeline.on(CallWaited, ({ waitMs }) => void waitsMs.push(waitMs))
    const calls = Array.from({ length: 200 }, () =>
      pipeline.call({ method: "POST", path: "/chat/completions", body }),
    )
    await clock.runUntil(Promise.all(calls))
    expect(waitsMs.length).toBeGreaterThan(0)
    const { waitMs, models } = stats.snapshot()
    expect(waitMs!.max).toBe(Math.max(...waitsMs))
    expect(models["gpt-4o"]!.calls.waitMs).toEqual(waitMs)
  })

  test("what cost says, wherever it stands", async () => {
    const costs = cost({ prices: priceList({ "gpt-4o": { input: 2, output: 8 } }) })
    const { provider, stats, ask } = setUp([costs, retry(), router()])
    provider.follow(["fine", down])
    for (let call = 0; call < 3; call++) await ask()
    const { nanoUsd, estimated, unknown } = costs.snapshot().total
    expect(nanoUsd).toBeGreaterThan(0)
    expect(stats.snapshot().cost).toEqual({
      nanoUsd,
      estimatedNanoUsd: estimated.nanoUsd,
      unknown: unknown.noPrice + unknown.noUsage,
    })
  })
})
