import { event, jsonReply, streamReply, type ReplyPart, type Piece, type Reply } from "../reply.ts"
import type { Choice } from "./generation.ts"
import type { Order } from "./order.ts"

const stopReasons = { stop: "end_turn", length: "max_tokens", tool: "tool_use" } as const

/** Anthropic's `POST /v1/messages`, plain or streamed. */
export const message = (order: Order): Reply => {
  const choice = order.generation.choices[0] ?? { pieces: [], finish: "stop", tool: undefined }
  return order.stream ? streamReply(events(order, choice)) : jsonReply(200, whole(order, choice))
}

const envelope = (order: Order) => ({
  id: order.id("msg_"),
  type: "message",
  role: "assistant",
  model: order.request.model,
})

const whole = (order: Order, choice: Choice) => {
  const text = choice.pieces.join("")
  const block =
    choice.tool === undefined ? { type: "text", text } : toolUse(order, choice.tool, JSON.parse(text))
  return {
    ...envelope(order),
    content: [block],
    stop_reason: stopReasons[choice.finish],
    stop_sequence: null,
    usage: usage(order, order.generation.outputTokens),
  }
}

const events = (order: Order, choice: Choice): readonly Piece[] => {
  const start = {
    ...envelope(order),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usage(order, 1),
  }
  const block = choice.tool === undefined ? { type: "text", text: "" } : toolUse(order, choice.tool, {})
  const delta = (text: string) =>
    choice.tool === undefined
      ? { type: "text_delta", text }
      : { type: "input_json_delta", partial_json: text }
  return [
    said("message_start", "preamble", { message: start }),
    said("content_block_start", "preamble", { index: 0, content_block: block }),
    said("ping", "preamble"),
    ...choice.pieces.map((text) => said("content_block_delta", "content", { index: 0, delta: delta(text) })),
    said("content_block_stop", "finish", { index: 0 }),
    said("message_delta", "finish", {
      delta: { stop_reason: stopReasons[choice.finish], stop_sequence: null },
      usage: { output_tokens: order.generation.outputTokens },
    }),
    said("message_stop", "terminal"),
  ]
}

const said = (type: string, part: ReplyPart, fields: object = {}): Piece =>
  event({ type, ...fields }, part, type)

const toolUse = (order: Order, name: string, input: unknown) => ({
  type: "tool_use",
  id: order.id("toolu_"),
  name,
  input,
})

const usage = ({ generation }: Order, outputTokens: number) => ({
  input_tokens: generation.inputTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: outputTokens,
})
