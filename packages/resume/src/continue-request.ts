import type { CallRequest } from "@bellwether/core"
import { isJson } from "./json-event.ts"
import type { Json } from "./json-event.ts"

/**
 * The request that asks to go on from a text, as an assistant message that was begun; `undefined` where that would
 * not be the same request: tools, JSON mode, several choices, something else than messages.
 */
export function continueRequest(
  request: CallRequest,
  text: string,
  spentTokens: number,
): CallRequest | undefined {
  const body = readBody(request)
  if (body === undefined || !Array.isArray(body["messages"]) || !isPlain(body)) return undefined
  // Anthropic refuses white space at the end of a message that was begun.
  const content = request.path === "/messages" ? text.trimEnd() : text
  if (content === "") return undefined
  const begun = { role: "assistant", content }
  return {
    ...request,
    body: JSON.stringify({
      ...lessTokens(body, spentTokens),
      messages: [...(body["messages"] as unknown[]), begun],
    }),
  }
}

function readBody({ body }: CallRequest): Json | undefined {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  if (typeof text !== "string") return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isEmpty = (value: unknown): boolean => value == null || (Array.isArray(value) && value.length === 0)

function isPlain(body: Json): boolean {
  const { response_format: format, n, tools, functions, logprobs, thinking } = body
  const isText = isEmpty(format) || (isJson(format) && format["type"] === "text")
  return (
    isText && (n == null || n === 1) && isEmpty(tools) && isEmpty(functions) && !logprobs && isEmpty(thinking)
  )
}

/** The caller's limit is for the whole answer; a part of it has been used. */
function lessTokens(body: Json, spentTokens: number): Json {
  const less = { ...body }
  for (const name of ["max_tokens", "max_completion_tokens"]) {
    const limit = body[name]
    if (typeof limit === "number") less[name] = Math.max(1, limit - spentTokens)
  }
  return less
}
