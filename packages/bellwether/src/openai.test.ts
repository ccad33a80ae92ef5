import { OpenAI, RateLimitError } from "openai"
import { describe, expect, test } from "vitest"
import { createOpenAI } from "./openai.ts"
import type { OpenAIOptions } from "./openai.ts"

const endpoints = [
  { id: "primary", baseURL: "https://primary.test/v1", key: "sk-1" },
  { id: "backup", baseURL: "https://backup.test/v1", key: "sk-2" },
]
const question = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Why?" }] }
const completion = {
  id: "1",
  object: "chat.completion",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Because." } }],
}

describe("createOpenAI", () => {
  test("gives the official client, and a call survives its primary", async () => {
    const client = createOpenAI({
      endpoints,
      fetch: async (url) =>
        url.startsWith("https://primary.test")
          ? Response.json({ error: { message: "Down." } }, { status: 503 })
          : Response.json(completion),
      retry: { backoff: () => 0 },
    })
    await using pipeline = client.pipeline
    expect(client).toBeInstanceOf(OpenAI)
    const { choices } = await client.chat.completions.create(question)
    expect(choices[0]?.message.content).toBe("Because.")
    expect(pipeline.metrics.snapshot()).toMatchObject({ total: 1, successful: 1, failovers: 1 })
  })

  test("hands the client's own options on", async () => {
    const sent: (string | null)[] = []
    const client = createOpenAI({
      endpoints,
      fetch: async (_, { headers }) => {
        sent.push(new Headers(headers).get("x-team"))
        return Response.json(completion)
      },
      client: { defaultHeaders: { "x-team": "search" }, timeout: 5_000 },
    })
    await client.chat.completions.create(question)
    expect(sent).toEqual(["search"])
    expect(client.timeout).toBe(5_000)
    expect(client.maxRetries).toBe(0)
  })

  test("errors are the client's own", async () => {
    const client = createOpenAI({
      endpoints,
      fetch: async () =>
        Response.json({ error: { message: "No balance.", code: "insufficient_quota" } }, { status: 429 }),
    })
    await expect(client.chat.completions.create(question)).rejects.toBeInstanceOf(RateLimitError)
  })

  test("an option that belongs to the pipeline is refused with its place", () => {
    const wrong = { endpoints, client: { apiKey: "sk-mine" } } as OpenAIOptions
    expect(() => createOpenAI(wrong)).toThrow("give it to its endpoint")
  })
})
