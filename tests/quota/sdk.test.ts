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
      /the budget "trial" is used up: 2 requests of 2 requests are taken, and about 1 request would be needed; there is room again in \d+ (?:days|h|min|s).*, at \d{4}-\d\d-01T00:00:00\.000Z/,
    )
    const { headers } = error as InstanceType<typeof sdk.RateLimitError>
    expect(Number(headers?.get("retry-after"))).toBeGreaterThan(0)
    expect(stage.primary.requests).toHaveLength(2)
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
