import { cost, priceList } from "@bellwether/cost"
import { createPipeline } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule } from "@bellwether/testing"
import { expect, test } from "vitest"

const prices = priceList({ "*": { input: 2, output: 8 } })

/** What a stream costs whose usage the provider tells late, not at all, or only in part. */
async function spentOn(path: string, faults: readonly FaultRule[]) {
  await using provider = await startHostileProvider({ faults })
  const costs = cost({ prices })
  await using pipeline = createPipeline({ endpoints: [{ id: "a", baseURL: provider.baseURL }], use: [costs] })
  const messages = [{ role: "user", content: "Why do sheep follow a bell?" }]
  const body = JSON.stringify({ model: "gpt-4o", stream: true, max_tokens: 100, messages })
  const response = await pipeline.fetch(path, { method: "POST", body })
  await response.text().catch(() => "cut")
  return costs.snapshot().total
}

test("a stream that ends without its usage is estimated", async () => {
  const { outcomes, estimated, unknown, tokens } = await spentOn("/chat/completions", [])
  expect({ answered: outcomes.answered.attempts, estimated: estimated.attempts }).toEqual({
    answered: 1,
    estimated: 1,
  })
  expect(unknown).toEqual({ noPrice: 0, noUsage: 0 })
  expect(tokens.output).toBeGreaterThan(10)
})

test("a stream that tells a first token and is cut has cost all that came, estimated", async () => {
  const { outcomes, estimated, tokens } = await spentOn("/messages", [
    { kind: "stream-cut", afterContent: 10 },
  ])
  expect({ failed: outcomes.failed.attempts, estimated: estimated.attempts }).toEqual({
    failed: 1,
    estimated: 1,
  })
  expect(tokens.output).toBeGreaterThan(5)
})
