import { cost, priceList } from "@bellwether/cost"
import { quota } from "@bellwether/quota"
import { describe, expect, test } from "vitest"
import { sdks } from "../openai/sdks.ts"
import { question, setUp } from "../openai/stage.ts"

describe.each(sdks)("$name over a budget", ({ sdk }) => {
  test("gets its own RateLimitError when it is used up, at once, and told why", async () => {
    await using stage = await setUp(sdk, {
      pipeline: { use: [quota({ budgets: [{ name: "trial", limit: { requests: 2 }, per: "month" }] })] },
    })
    await stage.client.chat.completions.create(question)
    for await (const _ of await stage.client.chat.completions.create({ ...question, stream: true })) continue
    const error: unknown = await stage.client.chat.completions
      .create(question)
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(sdk.RateLimitError)
    expect(error).toMatchObject({ status: 429, code: "quota-exhausted", type: "insufficient_quota" })
    expect((error as Error).message).toMatch(
      /the budget "trial" has nothing left of 2 requests, and 1 request would be needed; there is room again in \d+ (?:days|h|min|s).*, at \d{4}-\d\d-01T00:00:00\.000Z/,
    )
    const { headers } = error as InstanceType<typeof sdk.RateLimitError>
    expect(Number(headers?.get("retry-after"))).toBeGreaterThan(0)
    expect(stage.primary.requests).toHaveLength(2)
  })

  test("gets the same when every endpoint's budget is used up, of the one that is back first", async () => {
    const quotas = quota({
      budgets: [
        { name: "slow", limit: { requests: 1 }, per: "month", scope: "endpoint", match: "primary" },
        { name: "fast", limit: { requests: 1 }, per: "minute", scope: "endpoint", match: "fallback" },
      ],
    })
    await using stage = await setUp(sdk, { pipeline: { use: [quotas] } })
    const ask = () => stage.client.chat.completions.create(question)
    await ask()
    await ask()
    const error: unknown = await ask().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(sdk.RateLimitError)
    expect(error).toMatchObject({ status: 429, code: "quota-exhausted" })
    expect((error as Error).message).toMatch(
      /the budget "fast" of fallback has nothing left of 1 request, and 1 request would be needed; there is room again in \d+ s, at/,
    )
    const { headers } = error as InstanceType<typeof sdk.RateLimitError>
    const retryAfter = Number(headers?.get("retry-after"))
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(61)
    expect(headers?.get("x-should-retry")).toBe("false")
    expect([stage.primary.requests.length, stage.fallback.requests.length]).toEqual([1, 1])
  })

  test("gets its own PermissionDeniedError for a model that a budget of money can not count", async () => {
    const price = { input: 1, output: 2 }
    const quotas = quota({ budgets: [{ limit: { usd: 5 }, per: "day" }] })
    const costs = cost({ prices: priceList({ "gpt-4o": price }) })
    await using stage = await setUp(sdk, { pipeline: { use: [quotas, costs] } })
    await stage.client.chat.completions.create(question)
    const error: unknown = await stage.client.chat.completions
      .create({ ...question, model: "gpt-4.1" })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(sdk.PermissionDeniedError)
    expect(error).toMatchObject({ status: 403, code: "price-missing" })
    expect((error as Error).message).toContain("nobody knows what gpt-4.1 costs here: tell its price")
    expect(stage.primary.requests).toHaveLength(1)
  })

  test("has its budget per tag", async () => {
    const budgets = [{ limit: { requests: 1 }, per: "day", scope: "tag" }] as const
    await using stage = await setUp(sdk, { pipeline: { use: [quota({ budgets })] } })
    const ask = (tag: string) =>
      stage.client.chat.completions.create(question, { headers: { "x-bellwether-tag": tag } })
    await ask("search")
    await expect(ask("search")).rejects.toBeInstanceOf(sdk.RateLimitError)
    await ask("chat")
    expect(stage.primary.requests).toHaveLength(2)
  })

  test("streams past the budget of a key go to the other endpoint", async () => {
    const budgets = [{ limit: { tokens: 1_500 }, per: "day", scope: "endpoint", match: "primary" }] as const
    const quotas = quota({ budgets, assumedOutput: 500 })
    await using stage = await setUp(sdk, { pipeline: { use: [quotas] } })
    for (let call = 0; call < 60; call++) {
      let text = ""
      for await (const { choices } of await stage.client.chat.completions.create({
        ...question,
        stream: true,
      }))
        text += choices[0]?.delta.content ?? ""
      expect(text).not.toBe("")
      if (stage.fallback.requests.length > 0) break
    }
    expect(stage.fallback.requests).toHaveLength(1)
    const [state] = quotas.snapshot().budgets
    expect(state?.used).toBeLessThanOrEqual(1_500)
    expect(state?.reserved).toBe(0)
  })
})
