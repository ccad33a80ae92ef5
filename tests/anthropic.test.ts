import Anthropic from "@anthropic-ai/sdk"
import { createPipeline } from "@bellwether/core"
import { createFetch } from "@bellwether/fetch"
import { retry } from "@bellwether/retry"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { only } from "./openai/stage.ts"

const models = ["claude-test"]

const message = {
  model: "claude-test",
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}

/** Anthropic's own client over two endpoints that speak Anthropic's language. */
function over(primary: HostileProvider, fallback: HostileProvider) {
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-ant-primary", provider: "anthropic" },
      { id: "fallback", baseURL: fallback.baseURL, key: "sk-ant-fallback", provider: "anthropic" },
    ],
    use: [retry({ backoff: () => 1 })],
  })
  const client = new Anthropic({
    apiKey: "kept-by-bellwether",
    baseURL: primary.origin,
    fetch: createFetch(pipeline),
    maxRetries: 0,
  })
  return { pipeline, client }
}

describe("the Anthropic SDK over a pipeline", () => {
  test("a message is answered by the fallback, with the fallback's key", async () => {
    await using primary = await startHostileProvider({
      models,
      faults: [{ kind: "error", error: "overloaded" }],
    })
    await using fallback = await startHostileProvider({ models, keys: ["sk-ant-fallback"] })
    const { client, pipeline } = over(primary, fallback)
    await using _ = pipeline
    const { content, stop_reason } = await client.messages.create(message)
    expect(content[0]).toMatchObject({ type: "text", text: expect.stringMatching(/\w/) })
    expect(stop_reason).toBe("end_turn")
    const request = only(fallback)
    expect(request).toMatchObject({ path: "/v1/messages", key: "sk-ant-fallback" })
    expect(request.headers).not.toHaveProperty("authorization")
  })

  test("a stream says the same, and moves on before its first content", async () => {
    await using primary = await startHostileProvider({
      models,
      faults: [{ kind: "stream-error", afterContent: 0 }],
    })
    await using fallback = await startHostileProvider({ models })
    const { client, pipeline } = over(primary, fallback)
    await using _ = pipeline
    const streamed = await client.messages.stream(message).finalText()
    const { content } = await client.messages.create(message)
    expect(content[0]).toMatchObject({ text: streamed })
  })

  test("law 7: a stream cut after its first content is raised", async () => {
    await using primary = await startHostileProvider({
      models,
      faults: [{ kind: "stream-cut", afterContent: 2 }],
    })
    await using fallback = await startHostileProvider({ models })
    const { client, pipeline } = over(primary, fallback)
    await using _ = pipeline
    await expect(client.messages.stream(message).finalText()).rejects.toThrow("before it was complete")
    expect(fallback.requests).toEqual([])
  })

  test("a provider's own error is the SDK's own error", async () => {
    await using primary = await startHostileProvider({
      faults: [{ kind: "error", error: "invalid-request" }],
    })
    await using fallback = await startHostileProvider({ models })
    const { client, pipeline } = over(primary, fallback)
    await using _ = pipeline
    await expect(client.messages.create(message)).rejects.toBeInstanceOf(Anthropic.BadRequestError)
    expect(only(primary).status).toBe(400)
  })
})
