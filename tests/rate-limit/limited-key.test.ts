import { RateLimitError } from "openai"
import { describe, expect, test } from "vitest"
import { setUp, throttles, workThrough } from "./stage.ts"
import type { Stage } from "./stage.ts"

const question = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}
const calls = 600
const workers = 30

/** Longer than a fair wait, however slow the machine is. */
const maxWaitMs = 120_000

const asking =
  ({ client }: Stage) =>
  (): Promise<unknown> =>
    client.chat.completions.create(question)

describe(`${workers} workers make ${calls} calls with a limited key`, () => {
  test.each([
    ["requests a minute", { rpm: 60 }],
    ["tokens a minute", { tpm: 4_000 }],
  ] as const)(
    "of so many %s: all are answered, with hardly a 429, and nobody gets less than the others",
    { timeout: 60_000 },
    async (_, limits) => {
      await using stage = await setUp(limits, { maxWaitMs })
      const shares = await workThrough(calls, workers, asking(stage))
      expect(throttles(stage.provider)).toBeLessThan(0.05 * calls)
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(15)
    },
  )

  test(
    "minded from the first throttle on: only those are throttled who were under way with it",
    { timeout: 60_000 },
    async () => {
      await using stage = await setUp({ rpm: 60 }, { maxWaitMs, actsFrom: "first-throttle" })
      const ask = asking(stage)
      const patiently = async (): Promise<unknown> => {
        for (;;)
          try {
            return await ask()
          } catch (error) {
            if (!(error instanceof RateLimitError)) throw error
          }
      }
      const shares = await workThrough(calls, workers, patiently)
      expect(throttles(stage.provider)).toBeLessThan(workers + 0.05 * calls)
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(15)
    },
  )
})
