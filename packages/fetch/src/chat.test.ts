import { createPipeline, PipelineError } from "@bellwether/core"
import type { Fetch } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { chat } from "./chat.ts"

const pipelineOver = (fetch: Fetch) =>
  createPipeline({ endpoints: [{ id: "primary", baseURL: "https://primary.test/v1", key: "sk-1" }], fetch })

const answering =
  (choice: object): Fetch =>
  async () =>
    Response.json({ id: "1", choices: [choice] })

const textAnswer = (content: unknown, more: object = {}) =>
  answering({ index: 0, finish_reason: "stop", message: { role: "assistant", content }, ...more })

describe("chat", () => {
  test("sends the conversation with whatever else the model is told, and gives back the text", async () => {
    const sent: unknown[] = []
    const pipeline = pipelineOver(async (url, init) => {
      sent.push({ url, method: init.method, body: JSON.parse(init.body as string) })
      return textAnswer("Because of the bell.")(url, init)
    })
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why do sheep follow?" },
    ]
    expect(await chat(pipeline, "gpt-4o", messages, { temperature: 0 })).toBe("Because of the bell.")
    expect(sent).toEqual([
      {
        url: "https://primary.test/v1/chat/completions",
        method: "POST",
        body: { model: "gpt-4o", temperature: 0, messages },
      },
    ])
  })

  test("a text stands for what the user says", async () => {
    let body: unknown
    const pipeline = pipelineOver(async (url, init) => {
      body = JSON.parse(init.body as string)
      return textAnswer("")(url, init)
    })
    expect(await chat(pipeline, "gpt-4o", "Hello")).toBe("")
    expect(body).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] })
  })

  test.for([
    [
      { message: { content: null, tool_calls: [] }, finish_reason: "tool_calls" },
      "wants a tool to be called",
    ],
    [{ message: { content: null, refusal: "No." }, finish_reason: "stop" }, "refused to answer"],
    [{ message: {}, finish_reason: "length" }, "said nothing"],
  ] as const)("an answer without text is told in a sentence: %s", async ([choice, reason]) => {
    const failed = chat(pipelineOver(answering(choice)), "gpt-4o", "Hello")
    await expect(failed).rejects.toThrow(reason)
    await expect(failed).rejects.toSatisfy((error) => PipelineError.is(error, "no-text"))
  })

  test("a provider's refusal becomes a sentence with what to do, without the provider's text", async () => {
    const pipeline = pipelineOver(async () =>
      Response.json({ error: { message: "Incorrect API key sk-1" } }, { status: 401 }),
    )
    const error = await chat(pipeline, "gpt-4o", "Hello").catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: "credential", status: 401 })
    expect((error as Error).message).toContain("check the key")
    expect((error as Error).message).not.toContain("sk-1")
  })

  test("the caller's abort comes back as its own reason", async () => {
    const controller = new AbortController()
    const reason = new Error("never mind")
    const pipeline = pipelineOver(() => {
      controller.abort(reason)
      return new Promise(() => {})
    })
    await expect(chat(pipeline, "gpt-4o", "Hello", { signal: controller.signal })).rejects.toBe(reason)
  })

  test("a stream is refused with the place to get one", async () => {
    const wrong = { stream: true } as unknown as { stream: false }
    await expect(chat(pipelineOver(textAnswer("")), "gpt-4o", "Hello", wrong)).rejects.toThrow(
      "fetch or an SDK",
    )
  })
})
