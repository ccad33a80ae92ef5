import { createHash } from "node:crypto"
import Anthropic from "@anthropic-ai/sdk"
import { describe, expect, test } from "vitest"
import { sdks } from "../openai/sdks.ts"
import { question, setUp } from "./stage.ts"

describe.each(sdks)("$name, unchanged, at the gateway", ({ sdk: { OpenAI, toFile } }) => {
  const clientOf = (baseURL: string) => new OpenAI({ baseURL, apiKey: "anything" })

  test("a chat is answered by the backup while the primary fails", async () => {
    await using stage = await setUp({ faults: [{ kind: "error", error: "server-error" }] })
    const { data, response } = await clientOf(stage.baseURL).chat.completions.create(question).withResponse()
    expect(data.choices[0]?.message.content).not.toBe("")
    expect(response.headers.get("x-bellwether-target")).toBe("backup/key-1")
    expect(response.headers.get("x-bellwether-attempts")).toBe("3")
    expect(response.headers.get("x-bellwether-call")).toMatch(/^\S+$/)
  })

  test("a stream arrives whole", async () => {
    await using stage = await setUp()
    const client = clientOf(stage.baseURL)
    const whole = await client.chat.completions.create(question)
    let text = ""
    let reason: string | null | undefined
    for await (const { choices } of await client.chat.completions.create({ ...question, stream: true })) {
      text += choices[0]?.delta.content ?? ""
      reason ??= choices[0]?.finish_reason
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(reason).toBe("stop")
  })

  test("the Responses API answers whole and as a stream", async () => {
    await using stage = await setUp()
    const client = clientOf(stage.baseURL)
    const asked = { model: "gpt-4o", input: "Why do sheep follow a bell?" }
    const whole = await client.responses.create(asked)
    let text = ""
    for await (const event of await client.responses.create({ ...asked, stream: true }))
      if (event.type === "response.output_text.delta") text += event.delta
    expect(whole.output_text).not.toBe("")
    expect(text).toBe(whole.output_text)
  })

  test("embeddings arrive as numbers", async () => {
    await using stage = await setUp()
    const { data } = await clientOf(stage.baseURL).embeddings.create({
      model: "text-embedding-3-small",
      input: "bell",
    })
    expect(data[0]?.embedding.length).toBeGreaterThan(0)
  })

  test("speech arrives byte for byte", async () => {
    await using stage = await setUp()
    const asked = { model: "gpt-4o-mini-tts", voice: "alloy" as const, input: "Why do sheep follow a bell?" }
    const through = await clientOf(stage.baseURL).audio.speech.create(asked)
    const direct = await new OpenAI({
      baseURL: stage.primary.baseURL,
      apiKey: "sk-primary",
    }).audio.speech.create(asked)
    expect(through.headers.get("content-type")).toBe(direct.headers.get("content-type"))
    expect(digest(await through.arrayBuffer())).toBe(digest(await direct.arrayBuffer()))
  })

  test("a file of two megabytes goes up, and its batch is made where it lives", async () => {
    await using stage = await setUp()
    const client = clientOf(stage.baseURL)
    const bytes = Buffer.alloc(2 * 1024 * 1024, "{}\n")
    const file = await client.files.create({ file: await toFile(bytes, "batch.jsonl"), purpose: "batch" })
    const batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
    })
    expect(batch.input_file_id).toBe(file.id)
    expect(stage.backup.requests).toHaveLength(0)
  })

  test("the models of all endpoints are listed, each once", async () => {
    await using stage = await setUp()
    const { data } = await clientOf(stage.baseURL).models.list()
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length)
    expect(data.find(({ id }) => id === "gpt-4o")?.owned_by).toBe("primary, backup")
  })
})

const digest = (bytes: ArrayBuffer): string =>
  createHash("sha256").update(new Uint8Array(bytes)).digest("hex")

test("the Anthropic SDK, unchanged, gets a message and a stream, and errors in its own shape", async () => {
  await using stage = await setUp({
    provider: "anthropic",
    gateway: { keys: [{ id: "team", value: "vk-team" }] },
  })
  const client = new Anthropic({ baseURL: stage.origin, apiKey: "vk-team" })
  const asked = {
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
  }
  const whole = await client.messages.create(asked)
  const streamed = await client.messages.stream(asked).finalMessage()
  expect(streamed.content).toEqual(whole.content)
  const stranger = new Anthropic({ baseURL: stage.origin, apiKey: "vk-nobody" })
  await expect(stranger.messages.create(asked)).rejects.toThrow(Anthropic.AuthenticationError)
})
