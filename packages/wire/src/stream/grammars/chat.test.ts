import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { StreamFacts } from "../stream-facts.ts"
import { createStreamReader } from "../stream-reader.ts"

interface Choice {
  readonly index?: number
  readonly delta?: unknown
  readonly text?: string
  readonly finish_reason?: string | null
}

const chunk = (choice: Choice, more: object = {}): string =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
    ...more,
  })
const says = (content: string, more?: object): string => chunk({ delta: { content } }, more)
const finishes = (reason = "stop"): string => chunk({ finish_reason: reason })

const readAll = (events: readonly string[], choices?: number) => {
  const reader = createStreamReader("chat", choices === undefined ? {} : { choices })
  const facts = events.map((data): StreamFacts => reader.read({ data, end: 0 }))
  return {
    reader,
    facts,
    kinds: facts.map(({ kind }) => kind),
    text: facts.map(({ text }) => text ?? "").join(""),
  }
}

describe("a chat stream", () => {
  test("is read from role to [DONE]", () => {
    const { kinds, text, reader } = readAll([
      chunk({ delta: { role: "assistant", content: "" } }),
      says("Hel"),
      says("lo"),
      finishes(),
      '{"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
      "[DONE]",
    ])
    expect(kinds).toEqual(["progress", "content", "content", "finish", "progress", "final"])
    expect(text).toBe("Hello")
    expect(reader).toMatchObject({
      hasContent: true,
      complete: true,
      final: true,
      label: { id: "chatcmpl-1", finishReasons: ["stop"] },
      usage: { input: 3, output: 2, estimated: false },
    })
  })

  test.each([
    ["text", { content: "x" }],
    ["text in parts", { content: [{ type: "thinking", thinking: [] }] }],
    ["reasoning", { content: null, reasoning_content: "hm" }],
    ["OpenRouter's reasoning", { content: "", reasoning: "hm" }],
    ["a refusal", { refusal: "No" }],
    ["a tool call", { tool_calls: [{ index: 0, id: "call_1", function: { name: "f", arguments: "" } }] }],
    ["a function call of old", { function_call: { name: "f", arguments: "" } }],
    ["audio", { audio: { id: "audio_1" } }],
    ["an image", { images: [{ type: "image_url" }] }],
  ])("has content in %s", (_, delta) => {
    const { kinds, reader } = readAll([chunk({ delta })])
    expect(kinds).toEqual(["content"])
    expect(reader.hasContent).toBe(true)
  })

  test.each([
    ["a role", chunk({ delta: { role: "assistant", content: "" } })],
    ["nothing", chunk({ delta: {} })],
    ["nulls", chunk({ delta: { content: null, reasoning_content: null, tool_calls: [], audio: {} } })],
    ["no delta", chunk({ delta: undefined })],
    ["Azure's filter results", '{"choices":[],"prompt_filter_results":[{}],"usage":null,"error":null}'],
    ["no choices", '{"id":"x"}'],
    ["choices that are none", '{"choices":[null,3]}'],
  ])("has no content in %s", (_, data) => {
    const { kinds, reader } = readAll([data])
    expect(kinds).toEqual(["progress"])
    expect(reader).toMatchObject({ hasContent: false, complete: false })
  })

  test("of the legacy completions has its text in the choice", () => {
    const { kinds, text } = readAll([
      chunk({ text: "x", delta: undefined }),
      chunk({ text: "", finish_reason: "stop" }),
    ])
    expect(kinds).toEqual(["content", "finish"])
    expect(text).toBe("x")
  })

  test("is complete when every choice has finished, and not before", () => {
    const { reader } = readAll([
      chunk({ index: 0, delta: { content: "a" } }),
      chunk({ index: 1, delta: { content: "b" } }),
      finishes(),
    ])
    expect(reader.complete).toBe(false)
    reader.read({ data: chunk({ index: 1, finish_reason: "stop" }), end: 0 })
    expect(reader.complete).toBe(true)
  })

  test("waits for choices that were asked for and not yet seen", () => {
    const { reader } = readAll([says("a"), finishes()], 2)
    expect(reader.complete).toBe(false)
    reader.read({ data: chunk({ index: 1, finish_reason: "length" }), end: 0 })
    expect(reader.complete).toBe(true)
  })

  test("is not complete any more when another choice begins", () => {
    const { reader } = readAll([says("a"), finishes(), chunk({ index: 1, delta: { content: "b" } })])
    expect(reader.complete).toBe(false)
  })

  test("tells why each of its choices ended, in their order", () => {
    const { reader } = readAll(
      [
        chunk({ index: 1, delta: { content: "b" } }, { model: "" }),
        chunk({ index: 1, finish_reason: "length" }, { id: "chatcmpl-2", model: "gpt-4o-2024-08-06" }),
        finishes(),
      ],
      2,
    )
    expect(reader.label).toEqual({
      id: "chatcmpl-1",
      model: "gpt-4o-2024-08-06",
      finishReasons: ["stop", "length"],
    })
  })

  test("gives the text of the first choice only", () => {
    expect(readAll([says("a"), chunk({ index: 1, delta: { content: "b" } }), says("c")]).text).toBe("ac")
  })

  test("is complete with [DONE] alone, for some never name a reason", () => {
    const { reader } = readAll([says("a"), chunk({ finish_reason: "" }), "[DONE]"])
    expect(reader).toMatchObject({ complete: true, final: true, label: { id: "chatcmpl-1" } })
  })

  test("may carry content and its reason to finish in one chunk", () => {
    const { kinds, reader } = readAll([chunk({ delta: { content: "all" }, finish_reason: "stop" })])
    expect(kinds).toEqual(["content"])
    expect(reader).toMatchObject({ complete: true, hasContent: true, label: { finishReasons: ["stop"] } })
  })

  test("that ends without content is told from one with", () => {
    const { reader } = readAll([
      chunk({ delta: { role: "assistant" } }),
      finishes("content_filter"),
      "[DONE]",
    ])
    expect(reader).toMatchObject({
      complete: true,
      hasContent: false,
      label: { finishReasons: ["content_filter"] },
    })
  })

  test.each([
    [
      "OpenAI",
      '{"error":{"message":"Server error","type":"server_error","code":null}}',
      { message: "Server error", type: "server_error" },
    ],
    [
      "OpenRouter",
      '{"id":"gen-1","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
      { message: "Provider disconnected", code: "502" },
    ],
    [
      "OpenRouter, in the choice",
      '{"choices":[{"index":0,"finish_reason":"error","error":{"code":502,"message":"gone"}}]}',
      { message: "gone", code: "502" },
    ],
    ["Groq", '{"choices":[],"x_groq":{"error":"over capacity"}}', { message: "over capacity" }],
    [
      "vLLM",
      '{"object":"error","message":"bad","type":"BadRequestError","code":400}',
      { message: "bad", type: "BadRequestError", code: "400" },
    ],
    [
      "Anthropic through a relay",
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      { message: "Overloaded", type: "overloaded_error" },
    ],
    ["a text", '{"error":"boom"}', { message: "boom" }],
  ])("may hold an error: %s", (_, data, error) => {
    for (const before of [[], [says("a")]]) {
      const { facts } = readAll([...before, data])
      expect(facts.at(-1)).toEqual({ kind: "error", error })
    }
  })

  test("may hold an event that is called an error", () => {
    const reader = createStreamReader("chat")
    expect(reader.read({ type: "error", data: '{"message":"flat","code":"x"}', end: 0 })).toEqual({
      kind: "error",
      error: { message: "flat", code: "x" },
    })
    expect(reader.read({ type: "error", data: "plain words", end: 0 })).toEqual({
      kind: "error",
      error: { message: "plain words" },
    })
    expect(reader.read({ type: "error", data: "", end: 0 })).toEqual({ kind: "error", error: {} })
  })

  test.each(["{", '{"choices":', "hello", "[]", "3", "null", "<html>"])("is malformed at %j", (data) => {
    expect(readAll([data]).kinds).toEqual(["malformed"])
  })

  test("is malformed at an event that was too long to be read", () => {
    const reader = createStreamReader("chat")
    expect(reader.read({ data: "", end: 0, oversized: true })).toEqual({ kind: "malformed" })
  })

  test("says nothing in comments and pings", () => {
    const reader = createStreamReader("chat")
    expect(reader.read({ data: "", end: 0 }).kind).toBe("other")
    expect(reader.read({ type: "ping", data: '{"type":"ping"}', end: 0 }).kind).toBe("other")
    expect(reader.complete).toBe(false)
  })

  test.each([
    [
      "OpenAI",
      { usage: { prompt_tokens: 5, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 4 } } },
      { input: 5, output: 7, cachedInput: 4 },
    ],
    ["Groq", { x_groq: { usage: { prompt_tokens: 5, completion_tokens: 7 } } }, { input: 5, output: 7 }],
  ])("tells its usage as %s does", (_, more, usage) => {
    expect(readAll([says("a"), says("b", more)]).reader.usage).toEqual({ ...usage, estimated: false })
  })

  test("tells its usage in the choice, as Moonshot does", () => {
    const data =
      '{"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":1,"completion_tokens":2}}]}'
    expect(readAll([says("a"), data]).reader.usage).toMatchObject({ input: 1, output: 2 })
  })
})

describe("a chat stream that has had content", () => {
  test.each([
    [
      "spaces around a null",
      '{"choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": null}], "usage": null}',
      "content",
    ],
    [
      "spaces before a colon",
      '{"choices" : [{"index" : 0, "delta" : {}, "finish_reason" : "stop"}]}',
      "finish",
    ],
    ["a tab behind a colon", '{"choices":[{"index":0,"delta":{},"finish_reason":\t"stop"}]}', "finish"],
    ["a reason for another choice", '{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}', "finish"],
    [
      "choices in which only the second has a reason",
      '{"choices":[{"index":0,"finish_reason":null},{"index":0,"finish_reason":"stop"}]}',
      "finish",
    ],
    ["the last usage", '{"choices":[],"usage":{"prompt_tokens":1}}', "progress"],
    ["no choices", '{"id":"x","object":"chat.completion.chunk"}', "progress"],
    ["an error", '{"error":{"message":"x"}}', "error"],
    ["an end", "[DONE]", "final"],
    ["garbage", "garbage", "malformed"],
  ])("is still read right with %s", (_, data, kind) => {
    expect(readAll([says("a"), data]).kinds.at(-1)).toBe(kind)
  })

  test("is not misled by words inside a text", () => {
    const words = '"finish_reason":"stop","usage":{"prompt_tokens":9},"error":{"message":"x"},[DONE]'
    const { kinds, text, reader } = readAll([says("a"), says(words), says("b")])
    expect(kinds).toEqual(["content", "content", "content"])
    expect(text).toBe(`a${words}b`)
    expect(reader).toMatchObject({ complete: false, usage: undefined })
  })

  test("is read as if every event had been parsed, whatever it says", () => {
    const content = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '"finish_reason":"stop"',
        '\\"usage\\":{',
        '","error":{"message":"x"}',
        "[DONE]",
        "null",
      ),
    )
    const event = fc.record({
      content,
      index: fc.constantFrom(0, 0, 0, 1),
      reason: fc.constantFrom(null, null, null, "stop", ""),
      usage: fc.constantFrom(undefined, null, { prompt_tokens: 1, completion_tokens: 2 }),
      error: fc.constantFrom(undefined, undefined, null, { message: "x" }),
      indent: fc.constantFrom(undefined, 1),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const data = events.map(({ content, index, reason, usage, error, indent }) =>
          JSON.stringify(
            { choices: [{ index, delta: { content }, finish_reason: reason }], usage, error },
            undefined,
            indent,
          ),
        )
        const { reader, facts } = readAll([says("start"), ...data])
        const good = events.map(({ error }) => !error)
        const heard = events.filter((_, at) => good[at])
        expect(facts.slice(1).map(({ kind }) => kind === "error")).toEqual(good.map((isGood) => !isGood))
        expect(
          facts
            .slice(1)
            .map(({ text }) => text ?? "")
            .join(""),
        ).toBe(heard.map(({ content, index }) => (index === 0 ? content : "")).join(""))
        expect(reader.usage !== undefined).toBe(heard.some(({ usage }) => usage))
        const finished = new Set(heard.filter(({ reason }) => reason).map(({ index }) => index))
        const seen = new Set([0, ...heard.map(({ index }) => index)])
        expect(reader.complete).toBe(finished.size === seen.size)
      }),
      { numRuns: 1000 },
    )
  })
})
