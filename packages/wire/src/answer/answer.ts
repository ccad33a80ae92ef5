import { type ProviderError, readErrorMember, readErrorValue } from "../failure/provider-error.ts"
import { isObject, type JsonObject, parseJson, readText } from "../json-value.ts"
import type { Operation } from "../request/operation.ts"
import { choicesOf, hasChoiceContent } from "../stream/grammars/chat.ts"
import { hasOutput } from "../stream/grammars/responses.ts"
import { type AnswerLabel, readLabel } from "./answer-label.ts"
import { readUsage, type Usage } from "./usage.ts"

/** What a successful response without a stream turned out to be. */
export type AnswerFacts =
  | {
      readonly ok: true
      readonly usage?: Usage
      /** The answer's id. */
      readonly id?: string
      /** What the answer tells of itself. */
      readonly label?: AnswerLabel
      /** Set when there is nothing in it that a user would see. */
      readonly empty?: true
    }
  | {
      readonly ok: false
      /** What the provider did, such as `answered with an empty body`. */
      readonly reason: string
      /** The error it carries, in the provider's words. */
      readonly error?: ProviderError
    }

const readInBandError = (operation: Operation, value: JsonObject): ProviderError | undefined => {
  if (value.object === "error") return readErrorValue(value)
  const isRecord = operation.record === true && readText(value.id) !== undefined
  return isRecord ? undefined : readErrorMember(value)
}

const isEmpty = ({ grammar, record }: Operation, value: JsonObject): boolean => {
  if (record) return false
  switch (grammar) {
    case "chat":
      return !choicesOf(value).some(hasChoiceContent)
    case "responses":
      return !hasOutput(value)
    case "messages":
      return !Array.isArray(value.content) || value.content.length === 0
    default:
      return false
  }
}

/** What an answer cannot be without; undefined when it is there, or when nobody knows. */
const missingPart = (
  { name, grammar, record, residence }: Operation,
  value: JsonObject,
): string | undefined => {
  if (record || residence === "lives") return undefined
  switch (grammar) {
    case "chat":
      return Array.isArray(value.choices) && value.choices.length > 0 ? undefined : "choices"
    case "responses":
      return Array.isArray(value.output) || readText(value.id) !== undefined ? undefined : "output"
    case "messages":
      return Array.isArray(value.content) ? undefined : "content"
    default:
      return name !== "embeddings" || Array.isArray(value.data) ? undefined : "data"
  }
}

/** Of a response that goes on in the background the status is no reason to have ended. */
const goingOn: ReadonlySet<unknown> = new Set(["queued", "in_progress"])

const finishReasonsOf = ({ grammar }: Operation, value: JsonObject): readonly unknown[] => {
  switch (grammar) {
    case "chat":
      return choicesOf(value).map((choice) => choice.finish_reason)
    case "responses":
      return goingOn.has(value.status) ? [] : [value.status]
    case "messages":
      return [value.stop_reason]
    default:
      return []
  }
}

/**
 * Whether the body of a 2xx is an answer. What an operation answers with JSON must be a JSON object without an error
 * in it; everything else passes unjudged.
 *
 * @param text - the whole body
 */
export const readAnswer = (operation: Operation, contentType: string | null, text: string): AnswerFacts => {
  if (operation.answer !== "json") return { ok: true }
  const value = parseJson(text)
  if (value === undefined) return { ok: false, reason: describeBody(contentType, text) }
  const candidate: unknown = Array.isArray(value) ? value[0] : value
  const error = isObject(candidate) ? readInBandError(operation, candidate) : undefined
  if (error) return { ok: false, reason: "answered with an error in place of its answer", error }
  if (!isObject(value)) return { ok: false, reason: "answered with no JSON object" }
  const missing = missingPart(operation, value)
  if (missing !== undefined) return { ok: false, reason: `answered without ${missing}` }
  const usage = readUsage(value.usage)
  const id = readText(value.id)
  const label = readLabel(id, value.model, finishReasonsOf(operation, value))
  return {
    ok: true,
    ...(usage && { usage }),
    ...(id !== undefined && { id }),
    ...(label && { label }),
    ...(isEmpty(operation, value) && { empty: true }),
  }
}

const describeBody = (contentType: string | null, text: string): string => {
  const start = text.trimStart()
  if (start === "") return "answered with an empty body"
  if (start.startsWith("<") || contentType?.includes("html"))
    return "answered with a web page instead of JSON"
  return "answered with JSON that is invalid or was cut"
}
