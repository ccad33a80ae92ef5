import type { Grammar } from "@bellwether/wire"
import type { CallInput } from "../src/read-request.ts"

/** A valid stream of one grammar, event by event. */
export interface SampleStream {
  readonly grammar: Grammar
  readonly path: string
  /** Each with its blank line. */
  readonly events: readonly string[]
  /** Index of the first event that a user would see something of. */
  readonly content: number
  /** Index of the event with which nothing is missing any more. */
  readonly complete: number
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

const named = (event: { readonly type: string }): string => `event: ${event.type}\n${data(event)}`

const chunk = (choices: readonly unknown[], more = {}): string =>
  data({ id: "c-1", object: "chat.completion.chunk", choices, ...more })

const delta = (value: object, finish: string | null = null): string =>
  chunk([{ index: 0, delta: value, finish_reason: finish }])

/** One of each grammar: comments, characters of several bytes, usage, everything a stream may carry. */
export const samples: readonly SampleStream[] = [
  {
    grammar: "chat",
    path: "/chat/completions",
    events: [
      ": keep-alive\n\n",
      delta({ role: "assistant", content: "" }),
      delta({ content: "Hel" }),
      ": keep-alive\n\n",
      delta({ content: "lö 🐑" }),
      delta({}, "stop"),
      chunk([], { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }),
      "data: [DONE]\n\n",
    ],
    content: 2,
    complete: 5,
  },
  {
    grammar: "responses",
    path: "/responses",
    events: [
      named({ type: "response.created" }),
      named({ type: "response.output_item.added" }),
      `event: response.output_text.delta\n${data({ type: "response.output_text.delta", delta: "Hel" })}`,
      `event: response.output_text.delta\n${data({ type: "response.output_text.delta", delta: "lö 🐑" })}`,
      named({ type: "response.output_text.done" }),
      `event: response.completed\n${data({
        type: "response.completed",
        response: { id: "resp_1", output: [], usage: { input_tokens: 3, output_tokens: 2 } },
      })}`,
    ],
    content: 2,
    complete: 5,
  },
  {
    grammar: "messages",
    path: "/messages",
    events: [
      `event: message_start\n${data({ type: "message_start", message: { usage: { input_tokens: 3 } } })}`,
      named({ type: "ping" }),
      `event: content_block_start\n${data({
        type: "content_block_start",
        content_block: { type: "text", text: "" },
      })}`,
      `event: content_block_delta\n${data({
        type: "content_block_delta",
        delta: { type: "text_delta", text: "Hel" },
      })}`,
      `event: content_block_delta\n${data({
        type: "content_block_delta",
        delta: { type: "text_delta", text: "lö 🐑" },
      })}`,
      named({ type: "content_block_stop" }),
      `event: message_delta\n${data({
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { output_tokens: 2 },
      })}`,
      named({ type: "message_stop" }),
    ],
    content: 3,
    complete: 6,
  },
]

/** The events before the first content, and those from it on. */
export const preambleOf = ({ events, content }: SampleStream): string => events.slice(0, content).join("")
export const contentOf = ({ events, content }: SampleStream): string => events[content] ?? ""

/** The chat stream, which stands for all where the grammar does not matter. */
export const chatStream = samples[0] as SampleStream

/** A call that asks for a stream. */
export const streamed = (path = "/chat/completions", more: Partial<CallInput> = {}): CallInput => ({
  method: "POST",
  path,
  body: JSON.stringify({ model: "m", stream: true }),
  ...more,
})

/** A call that asks for a whole answer. */
export const plain = (path = "/chat/completions", more: Partial<CallInput> = {}): CallInput => ({
  method: "POST",
  path,
  body: JSON.stringify({ model: "m" }),
  ...more,
})

/** A whole chat answer. */
export const chatAnswer = {
  id: "c-1",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
