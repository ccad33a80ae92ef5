import Anthropic from "@anthropic-ai/sdk"
import { placeholderBaseURL } from "@bellwether/core"
import { createFetch } from "@bellwether/fetch"
import { withPipeline } from "@bellwether/openai"
import type { Fault } from "@bellwether/testing"
import type { Bellwether } from "bellwether"
import { describe, expect, test } from "vitest"
import { sdks } from "../openai/sdks.ts"
import type { Sdk } from "../openai/sdks.ts"
import { setUp } from "./stage.ts"

/** A helper of an SDK that collects the pieces of a stream into one answer. */
interface Collector {
  readonly name: string
  readonly provider: "openai" | "anthropic"
  /** The answer, without what differs from call to call. */
  collect(pipeline: Bellwether): Promise<unknown>
}

const says = { role: "user" as const, content: "What is the weather in the hills?" }
const schema = {
  type: "object",
  properties: { place: { type: "string" }, unit: { type: "string" } },
} as const

const ofOpenai = ({ name, sdk }: { readonly name: string; readonly sdk: Sdk }): readonly Collector[] => {
  const clientOf = (pipeline: Bellwether) => new sdk.OpenAI(withPipeline(pipeline))
  const chat = { model: "gpt-4o", messages: [says] }
  const weather = { type: "function", function: { name: "weather", parameters: schema } } as const
  const provider = "openai"
  return [
    {
      name: `${name}: a tool call of a chat`,
      provider,
      async collect(pipeline) {
        const stream = clientOf(pipeline).chat.completions.stream({
          ...chat,
          tools: [weather],
          tool_choice: { type: "function", function: { name: "weather" } },
        })
        const { choices } = await stream.finalChatCompletion()
        return choices.flatMap(({ message }) =>
          message.tool_calls?.map((call) => "function" in call && call.function),
        )
      },
    },
    {
      name: `${name}: two choices and the usage of a chat`,
      provider,
      async collect(pipeline) {
        const asked = { ...chat, n: 2, stream_options: { include_usage: true } }
        const { choices, usage } = await clientOf(pipeline)
          .chat.completions.stream(asked)
          .finalChatCompletion()
        return { texts: choices.map(({ message }) => message.content), usage }
      },
    },
    {
      name: `${name}: a tool call of a response`,
      provider,
      async collect(pipeline) {
        const stream = clientOf(pipeline).responses.stream({
          model: "gpt-4o",
          input: says.content,
          tools: [{ type: "function", name: "weather", parameters: schema, strict: false }],
          tool_choice: { type: "function", name: "weather" },
        })
        const { output, usage } = await stream.finalResponse()
        return { calls: output.map((item) => item.type === "function_call" && item.arguments), usage }
      },
    },
  ]
}

const ofAnthropic: Collector = {
  name: "@anthropic-ai/sdk: a tool call of a message",
  provider: "anthropic",
  async collect(pipeline) {
    const baseURL = new URL(placeholderBaseURL).origin
    const fetch = createFetch(pipeline)
    const client = new Anthropic({ apiKey: "kept-by-bellwether", baseURL, fetch, maxRetries: 0 })
    const stream = client.messages.stream({
      model: "claude-test",
      max_tokens: 100,
      messages: [says],
      tools: [{ name: "weather", input_schema: { ...schema } }],
      tool_choice: { type: "tool", name: "weather" },
    })
    const { content, stop_reason, usage } = await stream.finalMessage()
    return { calls: content.map((block) => block.type === "tool_use" && block.input), stop_reason, usage }
  },
}

const collectors: readonly Collector[] = [...sdks.flatMap(ofOpenai), ofAnthropic]

const nothing: Fault = { kind: "latency" }

/** What is collected of a provider that nothing is wrong with. */
async function whole(collector: Collector): Promise<unknown> {
  await using stage = await setUp(collector, nothing)
  return await collector.collect(stage.pipeline)
}

describe.each(collectors)("$name", (collector) => {
  test.each<Fault>([
    { kind: "stream-slice" },
    { kind: "stream-line-ends" },
    { kind: "stream-comments" },
    { kind: "stream-held-open" },
    { kind: "stream-cut", afterBytes: 20 },
    { kind: "stream-error", afterBytes: 0 },
  ])("is whole in spite of $kind", async (fault) => {
    await using stage = await setUp(collector, fault)
    const collected = await collector.collect(stage.pipeline)
    expect(collected).toEqual(await whole(collector))
    expect(JSON.stringify(collected)).toMatch(/quiet flock|Glocke/)
  })

  test.each([1, 2, 3])("is raised when it is cut after %d pieces", async (afterContent) => {
    await using stage = await setUp(collector, { kind: "stream-cut", afterContent })
    await expect(collector.collect(stage.pipeline)).rejects.toThrow("before it was complete")
    expect(stage.fallback.requests).toEqual([])
  })
})
