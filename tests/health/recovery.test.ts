import { circuitBreaker } from "@bellwether/circuit-breaker"
import { CallEnded, createPipeline } from "@bellwether/core"
import { health } from "@bellwether/health"
import type { HealthOptions } from "@bellwether/health"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Fault } from "@bellwether/testing"
import { timeout } from "@bellwether/timeout"
import { describe, expect, test } from "vitest"

const minuteMs = 60_000
const outage = { fromMs: 5 * minuteMs, untilMs: 20 * minuteMs }
/** A round with its jitter, and the second success that ends a trial. */
const roundMs = 36_000 + 2_000

const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] })

/** A plain answer is waited for so long, by the call that tries the circuit; then it stays open as long as it may. */
const triedInVainMs = 120_000 + 5_000 + 30_000 + 10_000

interface Outage {
  readonly fault: Fault
  /** The list of models is answered meanwhile. */
  readonly isOnlyChat?: boolean
  readonly options?: HealthOptions
}

/** Calls at an even pace before, in and after an outage of a quarter of an hour. */
async function playedThrough({ fault, isOnlyChat, options }: Outage, everyMs: number) {
  const clock = virtualClock()
  const primary = scriptedProvider({ clock, origin: "https://primary.test", latencyMs: 300 })
  const backup = scriptedProvider({ clock, origin: "https://backup.test", latencyMs: 300 })
  primary.inject(fault, { ...outage, ...(isOnlyChat === true && { route: "chat" }) })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-primary" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-backup" },
    ],
    use: [retry(), router(), circuitBreaker(), timeout(), health(options)],
    fetch: scriptedFetch(primary, backup),
    clock,
    random: seededRandom(3),
  })
  let calls = 0
  let lost = 0
  let attempts = 0
  let lastElsewhereMs = 0
  pipeline.on(CallEnded, ({ ending }) => {
    calls++
    attempts += ending.attempts.length
    if (ending.failure !== undefined) lost++
    for (const { attempt } of ending.attempts)
      if (attempt.target.endpoint === "backup")
        lastElsewhereMs = Math.max(lastElsewhereMs, attempt.startedAtMs - outage.untilMs)
  })
  for (let atMs = 0; atMs < outage.untilMs + 10 * minuteMs; atMs += everyMs) {
    void pipeline.call({ path: "/chat/completions", method: "POST", body })
    await clock.advance(everyMs)
  }
  await clock.advance(10 * minuteMs)
  await pipeline.close()
  return { calls, lost, amplification: attempts / calls, lastElsewhereMs }
}

const overloaded: Fault = { kind: "error", error: "overloaded" }
const silent: Fault = { kind: "black-hole" }
const completion = { probe: { completion: { model: "gpt-4o", dailyCap: 1_000 } } }

describe.each([2_000, 10_000])("an outage of a quarter of an hour, with a call each %i ms", (everyMs) => {
  test.each<readonly [string, Outage, number]>([
    ["everything answers 503", { fault: overloaded }, roundMs],
    ["connections are reset", { fault: { kind: "connection-reset" } }, roundMs],
    ["nothing answers", { fault: silent }, roundMs],
    ["only completions answer 503", { fault: overloaded, isOnlyChat: true }, roundMs],
    ["only completions do not answer", { fault: silent, isOnlyChat: true }, triedInVainMs],
    ["the same, seen by paid probes", { fault: overloaded, isOnlyChat: true, options: completion }, roundMs],
  ])("%s: nothing is lost, and all is back in time", async (_, given, backMs) => {
    const { calls, lost, amplification, lastElsewhereMs } = await playedThrough(given, everyMs)
    expect(calls).toBeGreaterThan(150)
    expect(lost).toBe(0)
    expect(amplification).toBeLessThan(1.2)
    expect(lastElsewhereMs).toBeLessThan(backMs + everyMs)
  })
})
