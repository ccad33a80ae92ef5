import { event, jsonReply, streamReply, type Piece, type Reply } from "../reply.ts"
import { asksUsage, createdSeconds, type Order } from "./order.ts"

/** `POST /completions`, the grammar before chat, plain or streamed. */
export const textCompletion = (order: Order): Reply => {
  const { choices, inputTokens, outputTokens } = order.generation
  const shared = {
    id: order.id("cmpl-"),
    object: "text_completion",
    created: createdSeconds(order),
    model: order.request.model,
  }
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
  if (!order.stream) {
    const whole = choices.map(({ pieces, finish }, index) => part(index, pieces.join(""), finish))
    return jsonReply(200, { ...shared, choices: whole, usage })
  }
  const chunk = (...said: Parameters<typeof part>) => ({ ...shared, choices: [part(...said)] })
  const spoken = choices.flatMap(({ pieces, finish }, index): readonly Piece[] => [
    ...pieces.map((text) => event(chunk(index, text, null), "content")),
    event(chunk(index, "", finish), "finish"),
  ])
  return streamReply([
    ...spoken,
    ...(asksUsage(order.request) ? [event({ ...shared, choices: [], usage }, "usage")] : []),
    event("[DONE]", "terminal"),
  ])
}

const part = (index: number, text: string, finish: string | null) => ({
  text,
  index,
  logprobs: null,
  finish_reason: finish,
})
