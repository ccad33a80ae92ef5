import Anthropic from "@anthropic-ai/sdk"
import { AttemptEnded, placeholderBaseURL } from "@bellwether/core"
import type { Ending } from "@bellwether/core"
import { createFetch } from "@bellwether/fetch"
import { withPipeline } from "@bellwether/openai"
import { startHostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether } from "bellwether"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"

const says = { role: "user" as const, content: "Why do sheep follow a bell?" }

/** Programs that ask for a stream with usage, read one event of it and leave. */
const leaving = [
  {
    name: "a chat",
    provider: "openai" as const,
    async leave(pipeline: Bellwether) {
      const stream = await new OpenAI(withPipeline(pipeline)).chat.completions.create({
        model: "gpt-4o",
        messages: [says],
        stream: true,
        stream_options: { include_usage: true },
      })
      for await (const { choices } of stream) if (choices[0]?.delta.content) break
    },
  },
  {
    name: "a response",
    provider: "openai" as const,
    async leave(pipeline: Bellwether) {
      const client = new OpenAI(withPipeline(pipeline))
      const stream = await client.responses.create({ model: "gpt-4o", input: says.content, stream: true })
      for await (const { type } of stream) if (type === "response.output_text.delta") break
    },
  },
  {
    name: "a message",
    provider: "anthropic" as const,
    async leave(pipeline: Bellwether) {
      const fetch = createFetch(pipeline)
      const client = new Anthropic({
        fetch,
        baseURL: new URL(placeholderBaseURL).origin,
        apiKey: "none",
        maxRetries: 0,
      })
      const stream = client.messages.stream({ model: "claude-sonnet-4-5", max_tokens: 100, messages: [says] })
      for await (const { type } of stream) if (type === "content_block_delta") break
    },
  },
]

/** A slow provider, a pipeline that reads on for so long, and how its one attempt ends. */
async function setUp(provider: "openai" | "anthropic", drainMs: number) {
  const hostile = await startHostileProvider({
    models: ["gpt-4o", "claude-sonnet-4-5"],
    faults: [{ kind: "stream-trickle", everyMs: 20 }],
  })
  const { baseURL } = hostile
  const pipeline = bellwether({ endpoints: [{ id: "only", baseURL, key: "sk-only", provider, drainMs }] })
  const ended = new Promise<Ending>((resolve) => pipeline.on(AttemptEnded, ({ ending }) => resolve(ending)))
  return {
    hostile,
    pipeline,
    ended,
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await hostile.close()
    },
  }
}

describe.each(leaving)("the usage of $name whose reader leaves", ({ provider, leave }) => {
  test("is what the provider tells at its end", async () => {
    await using stage = await setUp(provider, 60_000)
    await leave(stage.pipeline)
    const { usage } = await stage.ended
    expect(usage).toMatchObject({ estimated: false })
    expect(usage?.output).toBeGreaterThan(1)
    await stage.hostile.until(({ requests }) => requests[0]?.ending === "completed")
  })

  test("is estimated where the endpoint does not wait for it, and the connection closes", async () => {
    await using stage = await setUp(provider, 0)
    await leave(stage.pipeline)
    expect(await stage.ended).toMatchObject({ failure: { class: "cancelled" }, usage: { estimated: true } })
    await stage.hostile.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
  })

  test("is waited for no longer than the pipeline is open", async () => {
    await using stage = await setUp(provider, 60_000)
    await leave(stage.pipeline)
    await stage.pipeline.close()
    expect(await stage.ended).toMatchObject({ failure: { class: "cancelled" }, usage: { estimated: true } })
    await stage.hostile.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
  })
})
