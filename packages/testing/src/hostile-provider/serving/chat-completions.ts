import { event, jsonReply, streamReply, type Piece, type Reply } from "../reply.ts"
import { asksUsage, createdSeconds, type Order } from "./order.ts"
import type { Choice } from "./generation.ts"

const finishReasons = { stop: "stop", length: "length", tool: "tool_calls" } as const

/** `POST /chat/completions`, plain or streamed. */
export const chatCompletion = (order: Order): Reply =>
  order.stream ? streamReply(chunks(order)) : jsonReply(200, completion(order))

const envelope = (order: Order, object: string) => ({
  id: order.id("chatcmpl-"),
  object,
  created: createdSeconds(order),
  model: order.request.model,
  service_tier: "default",
  system_fingerprint: "fp_hostile",
})

const completion = (order: Order) => ({
  ...envelope(order, "chat.completion"),
  choices: order.generation.choices.map((choice, index) => ({
    index,
    message: { role: "assistant", refusal: null, annotations: [], ...message(order, choice, index) },
    logprobs: null,
    finish_reason: finishReasons[choice.finish],
  })),
  usage: usage(order),
})

const message = (order: Order, choice: Choice, index: number) => {
  const text = choice.pieces.join("")
  if (choice.tool === undefined) return { content: text }
  const call = {
    id: order.id("call_", index),
    type: "function",
    function: { name: choice.tool, arguments: text },
  }
  return { content: null, tool_calls: [call] }
}

/** Choices take turns, so the shorter ones finish while the others still speak. */
const chunks = (order: Order): readonly Piece[] => {
  const shared = envelope(order, "chat.completion.chunk")
  const withUsage = asksUsage(order.request)
  const chunk = (index: number, delta: object, finish: string | null) => ({
    ...shared,
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...(withUsage ? { usage: null } : {}),
  })
  const { choices } = order.generation
  const longest = Math.max(...choices.map(({ pieces }) => pieces.length))
  const turns = Array.from({ length: longest + 1 }, (_, turn) =>
    choices.flatMap((choice, index): readonly Piece[] => {
      const text = choice.pieces[turn]
      if (text !== undefined) return [event(chunk(index, delta(choice, text), null), "content")]
      if (turn > choice.pieces.length) return []
      return [event(chunk(index, {}, finishReasons[choice.finish]), "finish")]
    }),
  )
  return [
    ...(order.request.dialect === "azure" ? [filterResults] : []),
    ...choices.map((choice, index) => event(chunk(index, opening(order, choice, index), null), "preamble")),
    ...turns.flat(),
    ...(withUsage ? [event({ ...shared, choices: [], usage: usage(order) }, "usage")] : []),
    event("[DONE]", "terminal"),
  ]
}

/** Azure says first what its filters found, in a chunk without choices. */
const filterResults = event(
  { id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: [] },
  "preamble",
)

const opening = (order: Order, choice: Choice, index: number) => {
  if (choice.tool === undefined) return { role: "assistant", content: "", refusal: null }
  const call = {
    index: 0,
    id: order.id("call_", index),
    type: "function",
    function: { name: choice.tool, arguments: "" },
  }
  return { role: "assistant", content: null, tool_calls: [call], refusal: null }
}

const delta = (choice: Choice, text: string) =>
  choice.tool === undefined
    ? { content: text }
    : { tool_calls: [{ index: 0, function: { arguments: text } }] }

const usage = ({ generation: { inputTokens, outputTokens } }: Order) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
})
