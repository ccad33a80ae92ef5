import { event, jsonReply, streamReply, type ReplyPart, type Piece, type Reply } from "../reply.ts"
import type { Choice } from "./generation.ts"
import { createdSeconds, type Order } from "./order.ts"

type Status = "in_progress" | "completed" | "incomplete"

/** `POST /responses`, plain or streamed. */
export const response = (order: Order): Reply =>
  order.stream ? streamReply(events(order)) : jsonReply(200, finishedResponse(order))

/** The response as it stands when all is said; it is kept under its id. */
export const finishedResponse = (order: Order) => {
  const choice = onlyChoice(order)
  const status: Status = choice.finish === "length" ? "incomplete" : "completed"
  return body(order, status, [item(order, choice, status)])
}

const onlyChoice = ({ generation }: Order): Choice =>
  generation.choices[0] ?? { pieces: [], finish: "stop", tool: undefined }

const body = (order: Order, status: Status, output: readonly object[]) => {
  const { inputTokens, outputTokens } = order.generation
  const usage = {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  }
  const asked = order.request.json ?? {}
  return {
    id: order.id("resp_"),
    object: "response",
    created_at: createdSeconds(order),
    status,
    background: false,
    error: null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    instructions: asked["instructions"] ?? null,
    max_output_tokens: asked["max_output_tokens"] ?? null,
    model: order.request.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: asked["previous_response_id"] ?? null,
    reasoning: { effort: null, summary: null },
    store: asked["store"] !== false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: asked["tool_choice"] ?? "auto",
    tools: asked["tools"] ?? [],
    top_p: 1,
    truncation: "disabled",
    usage: status === "in_progress" ? null : usage,
    user: null,
    metadata: asked["metadata"] ?? {},
  }
}

const textPart = (text: string) => ({ type: "output_text", annotations: [], logprobs: [], text })

const item = (order: Order, choice: Choice, status: Status) => {
  const text = status === "in_progress" ? "" : choice.pieces.join("")
  if (choice.tool !== undefined) {
    const [id, callId] = [order.id("fc_"), order.id("call_")]
    return { id, type: "function_call", status, arguments: text, call_id: callId, name: choice.tool }
  }
  const content = status === "in_progress" ? [] : [textPart(text)]
  return { id: order.id("msg_"), type: "message", status, content, role: "assistant" }
}

type Told = readonly [type: string, part: ReplyPart, fields: object]

const events = (order: Order): readonly Piece[] => {
  const choice = onlyChoice(order)
  const finished = finishedResponse(order)
  const text = choice.pieces.join("")
  const tool = choice.tool !== undefined
  const opened = item(order, choice, "in_progress")
  const started = body(order, "in_progress", [])
  const at = { item_id: opened.id, output_index: 0, ...(tool ? {} : { content_index: 0 }) }
  const of = tool ? "response.function_call_arguments" : "response.output_text"
  const logprobs = tool ? {} : { logprobs: [] }
  const told: readonly Told[] = [
    ["response.created", "preamble", { response: started }],
    ["response.in_progress", "preamble", { response: started }],
    ["response.output_item.added", "preamble", { output_index: 0, item: opened }],
    ...(tool ? [] : [partEvent("response.content_part.added", "preamble", at, "")]),
    ...choice.pieces.map((delta): Told => [`${of}.delta`, "content", { ...at, delta, ...logprobs }]),
    [`${of}.done`, "finish", { ...at, ...(tool ? { arguments: text } : { text, ...logprobs }) }],
    ...(tool ? [] : [partEvent("response.content_part.done", "finish", at, text)]),
    ["response.output_item.done", "finish", { output_index: 0, item: finished.output[0] }],
    [`response.${finished.status}`, "terminal", { response: finished }],
  ]
  return told.map(([type, part, fields], number) =>
    event({ type, sequence_number: number, ...fields }, part, type),
  )
}

const partEvent = (type: string, part: ReplyPart, at: object, text: string): Told => [
  type,
  part,
  { ...at, part: textPart(text) },
]
