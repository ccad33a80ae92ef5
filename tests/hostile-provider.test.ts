import Anthropic from "@anthropic-ai/sdk"
import { startHostileProvider, type HostileProvider } from "@bellwether/testing"
import OpenAI7, { AzureOpenAI as AzureOpenAI7 } from "openai"
import OpenAI5, { AzureOpenAI as AzureOpenAI5 } from "openai5"
import OpenAI6, { AzureOpenAI as AzureOpenAI6 } from "openai6"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

const answer = "naïve 羊群 🔔 over the hills"
const model = "gpt-4o"
const messages = [{ role: "user" as const, content: "Where does the flock go?" }]
const schema = { type: "object", properties: { city: { type: "string" } } }
const weather = { type: "function" as const, function: { name: "weather", parameters: schema } }

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider({ keys: ["sk-1"], answer: () => answer })
})
afterAll(() => provider.close())

const failureOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call
  } catch (failure) {
    return failure
  }
}

const majors = [
  ["openai 5", OpenAI5 as unknown as typeof OpenAI7, AzureOpenAI5 as unknown as typeof AzureOpenAI7],
  ["openai 6", OpenAI6 as unknown as typeof OpenAI7, AzureOpenAI6 as unknown as typeof AzureOpenAI7],
  ["openai 7", OpenAI7, AzureOpenAI7],
] as const

describe.each(majors)("%s accepts", (_, OpenAI, AzureOpenAI) => {
  const client = (apiKey = "sk-1") => new OpenAI({ apiKey, baseURL: provider.baseURL, maxRetries: 0 })

  test("a chat completion", async () => {
    const completion = await client().chat.completions.create({ model, messages })
    expect(completion.choices[0]).toMatchObject({
      message: { role: "assistant", content: answer },
      finish_reason: "stop",
    })
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
    expect(completion._request_id).toMatch(/^req_/)
  })

  test("a streamed chat completion, through the helper that checks it is whole", async () => {
    const stream = client().chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    })
    expect(await stream.finalContent()).toBe(answer)
    expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(0)
  })

  test("several choices at once", async () => {
    const stream = client().chat.completions.stream({ model, messages, n: 3 })
    const { choices } = await stream.finalChatCompletion()
    expect(choices.map(({ message }) => message.content)).toEqual([answer, answer, answer])
  })

  test("a tool call, plain and in pieces", async () => {
    const asked = { model, messages, tools: [weather] }
    const { choices } = await client().chat.completions.create(asked)
    const stream = client().chat.completions.stream(asked)
    const called = await stream.finalFunctionToolCall()
    expect(choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ function: { name: "weather", arguments: called?.arguments } }] },
    })
    expect(JSON.parse(called?.arguments ?? "")).toEqual({ city: expect.any(String) })
  })

  test("a text completion, plain and streamed", async () => {
    const plain = await client().completions.create({ model, prompt: "Where?" })
    const stream = await client().completions.create({ model, prompt: "Where?", stream: true })
    let text = ""
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? ""
    expect([plain.choices[0]?.text, text]).toEqual([answer, answer])
  })

  test("a response, plain and streamed", async () => {
    const plain = await client().responses.create({ model, input: "Where?" })
    expect(plain).toMatchObject({ status: "completed", output_text: answer })
    const final = await client().responses.stream({ model, input: "Where?" }).finalResponse()
    const output = [{ content: [{ text: answer }] }]
    expect(final).toMatchObject({ status: "completed", output })
    expect(await client().responses.retrieve(final.id)).toMatchObject({ id: final.id, output })
  })

  test("a tool call in a response", async () => {
    const tools = [{ type: "function" as const, name: "weather", parameters: schema, strict: false }]
    const final = await client().responses.stream({ model, input: "Where?", tools }).finalResponse()
    expect(final.output).toMatchObject([{ type: "function_call", name: "weather", status: "completed" }])
  })

  test("embeddings, as the SDK asks for them and as floats", async () => {
    const asked = { model: "text-embedding-3-small", input: ["a", "b"] }
    const packed = await client().embeddings.create(asked)
    const plain = await client().embeddings.create({ ...asked, encoding_format: "float" })
    expect(packed.data.map(({ embedding }) => embedding)).toEqual(
      plain.data.map(({ embedding }) => embedding),
    )
    expect(Math.hypot(...(plain.data[0]?.embedding ?? []))).toBeCloseTo(1, 5)
  })

  test("models, files and batches", async () => {
    const ids: string[] = []
    for await (const { id } of client().models.list()) ids.push(id)
    expect(ids).toContain(model)
    const file = await client().files.create({ file: new File(["baa"], "sheep.jsonl"), purpose: "batch" })
    expect(await (await client().files.content(file.id)).text()).toBe("baa")
    const batch = await client().batches.create({
      input_file_id: file.id,
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
    })
    expect(await client().batches.cancel(batch.id)).toMatchObject({ id: batch.id, status: "cancelled" })
    await expect(client().files.retrieve("file-elsewhere")).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  test("speech", async () => {
    const speech = await client().audio.speech.create({
      model: "gpt-4o-mini-tts",
      voice: "alloy",
      input: "baa",
    })
    expect(await speech.arrayBuffer()).toHaveProperty("byteLength", 4096)
  })

  test("Azure's ways", async () => {
    const azure = new AzureOpenAI({
      apiKey: "sk-1",
      endpoint: provider.origin,
      apiVersion: "2024-10-21",
      maxRetries: 0,
    })
    const stream = azure.chat.completions.stream({ model, messages })
    expect(await stream.finalContent()).toBe(answer)
    expect(provider.requests.at(-1)).toMatchObject({ dialect: "azure", key: "sk-1", model })
  })

  test.each([
    ["invalid-key", "AuthenticationError", "invalid_api_key"],
    ["insufficient-quota", "RateLimitError", "insufficient_quota"],
    ["rate-limited", "RateLimitError", "rate_limit_exceeded"],
    ["context-length", "BadRequestError", "context_length_exceeded"],
    ["model-missing", "NotFoundError", "model_not_found"],
    ["server-error", "InternalServerError", null],
  ] as const)("the error %s as its %s", async (error, name, code) => {
    const injection = provider.inject({ kind: "error", error })
    const failure = await failureOf(client().chat.completions.create({ model, messages }))
    injection.remove()
    expect(failure).toBeInstanceOf(OpenAI[name])
    expect(failure).toMatchObject({ code, requestID: expect.any(String) })
  })

  test("an error inside a stream as an APIError", async () => {
    const injection = provider.inject({ kind: "stream-error", error: "overloaded" })
    const stream = await client().chat.completions.create({ model, messages, stream: true })
    const texts: (string | null | undefined)[] = []
    const reading = async () => {
      for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content)
    }
    await expect(reading()).rejects.toThrow(expect.objectContaining({ type: "overloaded_error" }))
    injection.remove()
    expect(texts).toEqual(["", "naïve"])
  })
})

describe("the Anthropic SDK accepts", () => {
  const client = () => new Anthropic({ apiKey: "sk-1", baseURL: provider.origin, maxRetries: 0 })
  const asked = { model, max_tokens: 100, messages }

  test("a message, plain and streamed", async () => {
    const plain = await client().messages.create(asked)
    expect(plain).toMatchObject({ content: [{ type: "text", text: answer }], stop_reason: "end_turn" })
    expect(plain._request_id).toMatch(/^req_/)
    const final = await client().messages.stream(asked).finalMessage()
    expect(final).toMatchObject({ content: [{ text: answer }], usage: plain.usage, stop_reason: "end_turn" })
  })

  test("a tool call, plain and in pieces", async () => {
    const tools = [{ name: "weather", input_schema: { ...schema, type: "object" as const } }]
    const plain = await client().messages.create({ ...asked, tools })
    const final = await client()
      .messages.stream({ ...asked, tools })
      .finalMessage()
    expect(plain.content).toMatchObject([
      { type: "tool_use", name: "weather", input: { city: expect.any(String) } },
    ])
    expect(final.content).toMatchObject([{ name: "weather", input: { city: expect.any(String) } }])
  })

  test("models", async () => {
    const ids: string[] = []
    for await (const { id } of client().models.list()) ids.push(id)
    expect(ids).toContain(model)
  })

  test.each([
    ["invalid-key", "AuthenticationError"],
    ["rate-limited", "RateLimitError"],
    ["overloaded", "InternalServerError"],
    ["permission-denied", "PermissionDeniedError"],
  ] as const)("the error %s as its %s", async (error, name) => {
    const injection = provider.inject({ kind: "error", error })
    const failure = await failureOf(client().messages.create(asked))
    injection.remove()
    expect(failure).toBeInstanceOf(Anthropic[name])
    expect(failure).toMatchObject({ error: { type: "error", error: { type: expect.any(String) } } })
  })

  test("an error inside a stream", async () => {
    const injection = provider.inject({ kind: "stream-error", error: "overloaded" })
    const failure = await failureOf(client().messages.stream(asked).finalMessage())
    injection.remove()
    expect(failure).toMatchObject({ error: { error: { type: "overloaded_error" } } })
  })
})
