import { describe, expect, test } from "vitest"
import { createStreamReader } from "../stream-reader.ts"

const event = (type: string, more: object = {}) => ({ type, data: JSON.stringify({ type, ...more }), end: 0 })
const unnamed = (type: string, more: object = {}) => ({ data: JSON.stringify({ type, ...more }), end: 0 })
const delta = (text: string) => event("response.output_text.delta", { output_index: 0, delta: text })
const response = { id: "resp_1", status: "completed", error: null, output: [], usage: null }

describe("a stream of the Responses", () => {
  test("is read from created to completed", () => {
    const reader = createStreamReader("responses")
    const events = [
      event("response.created", { response }),
      event("response.in_progress", { response }),
      event("response.output_item.added", { item: { type: "message", content: [] } }),
      event("response.content_part.added", { part: { type: "output_text", text: "" } }),
      delta("Hel"),
      delta("lo"),
      event("response.output_text.done", { text: "Hello" }),
      event("response.completed", {
        response: {
          ...response,
          usage: {
            input_tokens: 10,
            output_tokens: 6,
            input_tokens_details: { cached_tokens: 8 },
            output_tokens_details: { reasoning_tokens: 4 },
          },
        },
      }),
    ]
    const facts = events.map((each) => reader.read(each))
    expect(facts.map(({ kind }) => kind)).toEqual([
      "progress",
      "progress",
      "progress",
      "progress",
      "content",
      "content",
      "content",
      "final",
    ])
    expect(facts.map(({ text }) => text ?? "").join("")).toBe("Hello")
    expect(facts[0]?.id).toBe("resp_1")
    expect(reader).toMatchObject({
      hasContent: true,
      complete: true,
      final: true,
      label: { id: "resp_1", finishReasons: ["completed"] },
      usage: { input: 10, output: 6, cachedInput: 8, reasoning: 4, estimated: false },
    })
  })

  test.each([
    "response.output_text.delta",
    "response.refusal.delta",
    "response.function_call_arguments.delta",
    "response.reasoning_summary_text.delta",
    "response.reasoning_text.delta",
    "response.custom_tool_call_input.delta",
    "response.output_audio.delta",
  ])("has content in %s, unless it is empty", (type) => {
    for (const make of [event, unnamed]) {
      const reader = createStreamReader("responses")
      expect(reader.read(make(type, { delta: "" })).kind).toBe("progress")
      expect(reader.hasContent).toBe(false)
      expect(reader.read(make(type, { delta: "x" })).kind).toBe("content")
      expect(reader.hasContent).toBe(true)
    }
  })

  test("has content in the part of an image, and in a text that comes whole", () => {
    const reader = createStreamReader("responses")
    expect(
      reader.read(event("response.image_generation_call.partial_image", { partial_image_b64: "x" })).kind,
    ).toBe("content")
    expect(reader.read(event("response.output_text.done", { text: "" })).kind).toBe("progress")
    expect(reader.read(event("response.output_text.done", { text: "x" })).kind).toBe("content")
  })

  test("that only ends, with its whole answer inside, is not empty", () => {
    const reader = createStreamReader("responses")
    const output = [{ type: "message", content: [{ type: "output_text", text: "Hello" }] }]
    expect(reader.read(event("response.completed", { response: { ...response, output } })).kind).toBe("final")
    expect(reader).toMatchObject({ hasContent: true, complete: true })
  })

  test.each([
    ["nothing", []],
    ["an empty message", [{ type: "message", content: [] }]],
  ])("that ends with %s is empty", (_, output) => {
    const reader = createStreamReader("responses")
    reader.read(event("response.completed", { response: { ...response, output } }))
    expect(reader).toMatchObject({ hasContent: false, complete: true })
  })

  test.each(["completed", "incomplete", "cancelled"])("is complete and final when it is %s", (status) => {
    const reader = createStreamReader("responses")
    expect(reader.read(unnamed(`response.${status}`, { response })).kind).toBe("final")
    expect(reader).toMatchObject({ complete: true, final: true, label: { finishReasons: [status] } })
  })

  test("that failed is an error, and final without being complete", () => {
    const reader = createStreamReader("responses")
    const error = { code: "server_error", message: "The model failed" }
    expect(reader.read(event("response.failed", { response: { ...response, error } }))).toMatchObject({
      kind: "error",
      error,
    })
    expect(reader).toMatchObject({ complete: false, final: true })
    expect(reader.read(event("response.failed", { response })).error).toEqual({})
  })

  test.each([
    [
      "its own",
      { type: "error", code: "rate_limit_exceeded", message: "Slow down", param: null, sequence_number: 3 },
      { code: "rate_limit_exceeded", message: "Slow down" },
    ],
    ["a nested one", { type: "error", error: { type: "x", message: "Bad" } }, { type: "x", message: "Bad" }],
    ["one without a type", { error: { message: "Bad" } }, { message: "Bad" }],
  ])("may hold an error: %s", (_, value, error) => {
    const reader = createStreamReader("responses")
    reader.read(delta("a"))
    expect(reader.read({ data: JSON.stringify(value), end: 0 })).toEqual({ kind: "error", error })
    expect(reader.read({ type: "error", data: JSON.stringify(value), end: 0 })).toEqual({
      kind: "error",
      error,
    })
  })

  test("says nothing in keep-alives, and is not complete by [DONE]", () => {
    const reader = createStreamReader("responses")
    expect(reader.read(unnamed("keepalive", { sequence_number: 1 })).kind).toBe("other")
    expect(reader.read({ data: "[DONE]", end: 0 }).kind).toBe("final")
    expect(reader).toMatchObject({ complete: false, final: true })
  })

  test("is malformed where it is no JSON object", () => {
    const reader = createStreamReader("responses")
    expect(reader.read({ type: "response.created", data: "{", end: 0 }).kind).toBe("malformed")
  })
})
