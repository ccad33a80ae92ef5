import { isObject, type JsonObject, parseJson, readText } from "../../json-value.ts"
import { readErrorMember, readErrorValue } from "../../failure/provider-error.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-facts.ts"
import { readUsage } from "../../answer/usage.ts"

/** Whether a whole response carries anything a user would see. */
export const hasOutput = (response: JsonObject): boolean =>
  Array.isArray(response.output) &&
  response.output.some(
    (item) =>
      isObject(item) && (item.type !== "message" || !Array.isArray(item.content) || item.content.length > 0),
  )

const isContent = (type: string, event: JsonObject): boolean => {
  if (type.endsWith(".delta")) return event.delta !== ""
  if (type === "response.output_text.done") return readText(event.text) !== undefined
  return type.endsWith(".partial_image")
}

/** OpenAI's Responses. */
export const createResponsesGrammar = (): StreamGrammar => {
  let complete = false
  let deltaType: string | undefined // of the last event that was content

  const readEnd = (type: string, response: JsonObject): GrammarFacts => {
    const usage = readUsage(response.usage)
    const id = readText(response.id)
    const facts = { ...(usage && { usage }), ...(id !== undefined && { id }) }
    if (type === "response.failed") {
      return { kind: "error", error: readErrorMember(response) ?? {}, ...facts }
    }
    complete = true
    return { kind: "final", finishReason: type.slice(9), withContent: hasOutput(response), ...facts }
  }

  return {
    read(type, data) {
      if (data === "[DONE]") return { kind: "final" }
      const event = parseJson(data)
      if (!isObject(event)) {
        return type === "error" ? { kind: "error", error: readErrorValue(data) } : { kind: "malformed" }
      }
      const name = readText(event.type) ?? type ?? ""
      const error = readErrorMember(event)
      if (error) return { kind: "error", error }
      if (name === "error" || type === "error") {
        // The type of a bare error event is the event's, not the error's.
        return { kind: "error", error: readErrorValue({ ...event, type: undefined }) }
      }
      const response = isObject(event.response) ? event.response : {}
      if (/^response\.(?:completed|incomplete|failed|cancelled)$/.test(name)) return readEnd(name, response)
      if (name === "ping" || name === "keepalive") return { kind: "other" }
      const id = readText(response.id)
      const text = name === "response.output_text.delta" ? readText(event.delta) : undefined
      const content = isContent(name, event)
      if (content && name === type && name.endsWith(".delta")) deltaType = type
      return {
        kind: content ? "content" : "progress",
        ...(text !== undefined && { text }),
        ...(id !== undefined && { id }),
      }
    },
    isMoreContent: (type) => type !== undefined && type === deltaType,
    get complete() {
      return complete
    },
  }
}
