import { describe, expect, test } from "vitest"
import { setUp, throttles, workThrough } from "./stage.ts"
import type { Stage } from "./stage.ts"

const question = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}
const calls = 600
const workers = 30

const asking =
  ({ client }: Stage) =>
  (): Promise<unknown> =>
    client.chat.completions.create(question)

describe(`${workers} workers make ${calls} calls with a limited key`, () => {
  test.each([
    ["requests a minute", { rpm: 60 }],
    ["tokens a minute", { tpm: 4_000 }],
  ] as const)(
    "of so many %s, by default: only those are throttled who were under way with the first",
    { timeout: 60_000 },
    async (_, limits) => {
      await using stage = await setUp(limits)
      const shares = await workThrough(calls, workers, asking(stage))
      expect(throttles(stage.provider)).toBeLessThan(0.05 * calls)
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(15)
    },
  )

  test("minded from the start: hardly anybody is", { timeout: 60_000 }, async () => {
    await using stage = await setUp({ rpm: 60 }, { rateLimit: { actsFrom: "start" } })
    const shares = await workThrough(calls, workers, asking(stage))
    expect(throttles(stage.provider)).toBeLessThan(0.01 * calls)
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(15)
  })
})
