import { describe, expect, test } from "vitest"
import { createStreamReader } from "../stream-reader.ts"

const event = (type: string, more: object = {}) => ({ type, data: JSON.stringify({ type, ...more }), end: 0 })
const delta = (value: object) => event("content_block_delta", { index: 0, delta: value })

describe("a stream of Anthropic's Messages", () => {
  test("is read from start to stop", () => {
    const reader = createStreamReader("messages")
    const events = [
      event("message_start", {
        message: {
          id: "msg_1",
          model: "claude-opus-4-5",
          usage: {
            input_tokens: 5,
            cache_read_input_tokens: 90,
            cache_creation_input_tokens: 5,
            output_tokens: 1,
          },
        },
      }),
      event("content_block_start", { content_block: { type: "text", text: "" } }),
      event("ping"),
      delta({ type: "text_delta", text: "Hel" }),
      delta({ type: "text_delta", text: "lo" }),
      event("content_block_stop", { index: 0 }),
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 12 } }),
      event("message_stop"),
    ]
    const facts = events.map((each) => reader.read(each))
    expect(facts.map(({ kind }) => kind)).toEqual([
      "progress",
      "progress",
      "other",
      "content",
      "content",
      "progress",
      "finish",
      "final",
    ])
    expect(facts.map(({ text }) => text ?? "").join("")).toBe("Hello")
    expect(facts[0]?.id).toBe("msg_1")
    expect(reader).toMatchObject({
      hasContent: true,
      complete: true,
      final: true,
      label: { id: "msg_1", model: "claude-opus-4-5", finishReasons: ["end_turn"] },
      usage: { input: 100, output: 12, cachedInput: 90, estimated: false },
    })
  })

  test.each([
    ["text", { type: "text_delta", text: "x" }, "content"],
    ["thought", { type: "thinking_delta", thinking: "hm" }, "content"],
    ["a tool's input", { type: "input_json_delta", partial_json: '{"a"' }, "content"],
    ["a tool's input not yet begun", { type: "input_json_delta", partial_json: "" }, "progress"],
    ["a signature", { type: "signature_delta", signature: "abc" }, "progress"],
    ["nothing", {}, "progress"],
  ])("has in %s: %j: %s", (_, value, kind) => {
    expect(createStreamReader("messages").read(delta(value)).kind).toBe(kind)
  })

  test.each([
    ["text", { type: "text", text: "x" }, "content"],
    ["a result that comes whole", { type: "web_search_tool_result", content: [] }, "content"],
    ["a hidden thought", { type: "redacted_thinking", data: "x" }, "content"],
    ["a tool to be used", { type: "tool_use", id: "toolu_1", name: "f", input: {} }, "progress"],
  ])("begins a block of %s", (_, block, kind) => {
    expect(
      createStreamReader("messages").read(event("content_block_start", { content_block: block })).kind,
    ).toBe(kind)
  })

  test("is complete once it has a reason to stop", () => {
    const reader = createStreamReader("messages")
    reader.read(delta({ type: "text_delta", text: "x" }))
    const going = event("message_delta", { delta: { stop_reason: null }, usage: { output_tokens: 1 } })
    expect(reader.read(going).kind).toBe("progress")
    expect(reader.complete).toBe(false)
    reader.read(event("message_delta", { delta: { stop_reason: "max_tokens" } }))
    expect(reader).toMatchObject({ complete: true, final: false, usage: { output: 1 } })
  })

  test("may hold an error, named or not", () => {
    const error = { type: "overloaded_error", message: "Overloaded" }
    const reader = createStreamReader("messages")
    reader.read(delta({ type: "text_delta", text: "x" }))
    expect(reader.read(event("error", { error }))).toEqual({ kind: "error", error })
    expect(reader.read({ data: JSON.stringify({ error }), end: 0 })).toEqual({ kind: "error", error })
  })

  test("is read by the types in its data when its events have no names", () => {
    const reader = createStreamReader("messages")
    expect(reader.read({ data: '{"type":"message_stop"}', end: 0 }).kind).toBe("final")
    expect(reader.complete).toBe(true)
  })

  test("passes over what is new or not its own", () => {
    const reader = createStreamReader("messages")
    expect(reader.read(event("something_new")).kind).toBe("progress")
    expect(reader.read({ data: "[DONE]", end: 0 }).kind).toBe("other")
    expect(reader.read({ data: "nonsense", end: 0 }).kind).toBe("malformed")
    expect(reader).toMatchObject({ complete: false, final: false })
  })
})
