import { createPipeline } from "@bellwether/core"
import { rateLimit } from "@bellwether/rate-limit"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { seededRandom, virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { answer, failure } from "../figures/stage/provider.ts"
import { workThrough } from "./stage.ts"

test("of a provider that takes six at once, 30 workers use more than half, and one in ten is throttled at most", async () => {
  const clock = virtualClock()
  const chance = seededRandom("provider")
  let inFlight = 0
  let throttles = 0
  const pipeline = createPipeline({
    endpoints: [{ id: "alpha", baseURL: "https://alpha.test/v1", key: "sk-1" }],
    use: [retry(), router(), rateLimit({ maxWaitMs: 600_000 })],
    clock,
    random: seededRandom("pipeline"),
    async fetch() {
      if (inFlight >= 6) {
        throttles++
        const full = failure(429)
        full.headers.set("retry-after", "1")
        return full
      }
      inFlight++
      await clock.sleep(2_000 + 1_000 * chance.next())
      inFlight--
      return answer()
    },
  })
  const question = {
    path: "/chat/completions",
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [] }),
  }
  const ask = async (): Promise<void> => expect(await pipeline.call(question)).toMatchObject({ ok: true })

  const calls = 600
  const shares = await clock.runUntil(workThrough(calls, 30, ask))
  expect(throttles).toBeLessThanOrEqual(calls / 10)
  expect(clock.now()).toBeLessThan((calls * 2_500) / 3)
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(15)
})
