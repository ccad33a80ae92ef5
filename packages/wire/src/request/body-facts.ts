import { isObject, type JsonObject, parseJson, readText } from "../json-value.ts"
import { keyOf, textOf, visitMembers } from "./json-members.ts"
import { findDeepResource, findTopResource, mayNameResource, resourceKeys } from "./named-resource.ts"

/** What a request's JSON body says of itself, as far as it decides where and how the request goes. */
export interface BodyFacts {
  readonly model?: string
  /** Whether an event stream is asked for. */
  readonly stream: boolean
  /** The id of the response it goes on from. */
  readonly previousResponse?: string
  /** The id of the conversation it belongs to. */
  readonly conversation?: string
  /** Whether the answer is made in the background. */
  readonly background: boolean
  /** Whether the provider is asked to keep the answer, where the body says it. */
  readonly store?: boolean
  /** The most tokens the answer may have. */
  readonly maxTokens?: number
  /** How many choices are asked for; a body that says nothing wants one. */
  readonly choices: number
  /** The id of something else the request is about and which lives at one provider, such as a file. */
  readonly resource?: string
}

/** Above this many characters looking for the top-level members is cheaper than parsing everything. */
const smallBody = 2048

const decoder = new TextDecoder()

const readCount = (...values: readonly unknown[]): number | undefined =>
  values.find((value): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0)

const readId = (value: unknown): string | undefined => readText(isObject(value) ? value.id : value)

const factsOf = (body: JsonObject, deepResource: string | undefined): BodyFacts => {
  const model = readText(body.model)
  const previousResponse = readText(body.previous_response_id)
  const conversation = readId(body.conversation)
  const resource = findTopResource(body) ?? deepResource
  const maxTokens = readCount(body.max_completion_tokens, body.max_output_tokens, body.max_tokens)
  return {
    stream: body.stream === true,
    background: body.background === true,
    choices: Math.max(1, readCount(body.n) ?? 1),
    ...(model !== undefined && { model }),
    ...(previousResponse !== undefined && { previousResponse }),
    ...(conversation !== undefined && { conversation }),
    ...(typeof body.store === "boolean" && { store: body.store }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(resource !== undefined && { resource }),
  }
}

const topKeys = new Set([
  ...resourceKeys,
  "model",
  "stream",
  "previous_response_id",
  "conversation",
  "background",
  "store",
  "max_completion_tokens",
  "max_output_tokens",
  "max_tokens",
  "n",
])

const scan = (text: string): JsonObject | undefined => {
  const found: Record<string, unknown> = {}
  const whole = visitMembers(text, (member) => {
    const key = keyOf(text, member)
    if (topKeys.has(key)) found[key] = parseJson(textOf(text, member.valueStart, member.valueEnd))
  })
  return whole ? found : undefined
}

/**
 * The facts of a request's JSON body, or undefined when it is no JSON object. A large body is not parsed but looked
 * through, so that faults deep inside it stay unnoticed here.
 */
export const readBody = (body: string | Uint8Array): BodyFacts | undefined => {
  const text = typeof body === "string" ? body : decoder.decode(body)
  const deep = mayNameResource(text)
  if (text.length > smallBody && !deep) {
    const found = scan(text)
    return found && factsOf(found, undefined)
  }
  const value = parseJson(text)
  return isObject(value) ? factsOf(value, deep ? findDeepResource(value) : undefined) : undefined
}
