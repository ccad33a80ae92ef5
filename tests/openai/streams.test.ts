import { describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import type { Sdk } from "./sdks.ts"
import { only, question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const streamed = { ...question, stream: true } as const

/** Reads a stream to its end; the text so far and the error it ended with. */
async function read({ client }: Stage): Promise<{ readonly text: string; readonly error: unknown }> {
  let text = ""
  try {
    for await (const { choices } of await client.chat.completions.create(streamed))
      text += choices[0]?.delta.content ?? ""
    return { text, error: undefined }
  } catch (error) {
    return { text, error }
  }
}

async function wholeText(sdk: Sdk): Promise<string> {
  await using stage = await setUp(sdk)
  return (await read(stage)).text
}

describe.each(sdks)("streams of $name over a pipeline", ({ sdk }) => {
  test("a stream comes piece by piece and says the same as the plain answer", async () => {
    await using stage = await setUp(sdk)
    const completion = await stage.client.chat.completions.create(question)
    expect(await read(stage)).toEqual({ text: completion.choices[0]?.message.content, error: undefined })
  })

  test.for([
    ["an error in the first event", { kind: "stream-error", afterContent: 0 }],
    ["an error event in Responses style", { kind: "stream-error", afterContent: 0, form: "event" }],
    ["a stream cut before its content", { kind: "stream-cut", afterContent: 0 }],
    ["a reset before its content", { kind: "stream-reset", afterContent: 0 }],
    ["an empty stream", { kind: "stream-empty" }],
    ["JSON in place of a stream", { kind: "stream-as-json" }],
    ["an HTML page in place of a stream", { kind: "body-html" }],
    ["broken JSON in the first event", { kind: "stream-garbage", afterContent: 0 }],
    ["a refused connection", { kind: "connection-reset" }],
  ] as const)("%s moves the call to the fallback before anything is delivered", async ([, fault]) => {
    await using stage = await setUp(sdk, { faults: [fault] })
    expect(await read(stage)).toEqual({ text: await wholeText(sdk), error: undefined })
    expect(only(stage.fallback).status).toBe(200)
  })

  test.for([
    ["an error in the stream", { kind: "stream-error", afterContent: 3 }],
    ["an error event", { kind: "stream-error", afterContent: 3, form: "event" }],
    ["a clean end without a terminal event", { kind: "stream-cut", afterContent: 3 }],
    [
      "a connection closed in the middle of an event",
      { kind: "stream-cut", afterBytes: 900, ending: "close" },
    ],
    ["a reset", { kind: "stream-reset", afterContent: 3 }],
  ] as const)("law 7: %s after the first content is raised, never a quiet end", async ([, fault]) => {
    await using stage = await setUp(sdk, { faults: [fault] })
    const { text, error } = await read(stage)
    expect(error).toBeInstanceOf(sdk.APIError)
    expect(text).not.toBe("")
    expect((await wholeText(sdk)).startsWith(text)).toBe(true)
    expect(stage.fallback.requests).toEqual([])
  })

  test("the error of a cut stream tells what happened, in our code", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "stream-cut", afterContent: 3 }] })
    const { error } = await read(stage)
    expect(error).toMatchObject({
      code: "stream-cut",
      message: expect.stringContaining("before it was complete"),
    })
  })

  test("a stream whose socket stays open after its last event ends", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "stream-held-open" }] })
    expect(await read(stage)).toEqual({ text: await wholeText(sdk), error: undefined })
    await stage.primary.until(({ inFlight }) => inFlight === 0)
  })

  test("the helper that collects a chat stream works, and raises a cut", async () => {
    await using stage = await setUp(sdk, {
      faults: [{ kind: "stream-cut", afterContent: 0, when: { nth: 1 } }],
    })
    const text = await wholeText(sdk)
    const final = await stage.client.chat.completions.stream(question).finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(text)
    stage.primary.inject({ kind: "stream-cut", afterContent: 2 })
    const cut = stage.client.chat.completions.stream(question).finalChatCompletion()
    await expect(cut).rejects.toThrow("before it was complete")
  })

  test("the helper that collects a Responses stream works, and raises a cut", async () => {
    await using stage = await setUp(sdk, {
      faults: [{ kind: "stream-error", afterContent: 0, when: { nth: 1 } }],
    })
    const input = { model: "gpt-4o", input: "Why?" }
    const final = await stage.client.responses.stream(input).finalResponse()
    expect(final.status).toBe("completed")
    stage.primary.inject({ kind: "stream-cut", afterContent: 2 })
    await expect(stage.client.responses.stream(input).finalResponse()).rejects.toThrow(
      "before it was complete",
    )
  })

  test("law 8: leaving a stream early closes the provider's connection", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "stream-stall", afterContent: 2 }] })
    for await (const { choices } of await stage.client.chat.completions.create(streamed))
      if (choices[0]?.delta.content) break
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    expect(stage.fallback.requests).toEqual([])
  })

  test("law 8: an abort in the middle of a stream ends it and closes the provider's connection", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "stream-stall", afterContent: 2 }] })
    const controller = new AbortController()
    const { signal } = controller
    const stream = await stage.client.chat.completions.create(streamed, { signal })
    for await (const { choices } of stream) if (choices[0]?.delta.content) controller.abort()
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    expect(stage.fallback.requests).toEqual([])
  })
})
