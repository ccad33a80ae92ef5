import { readLabel } from "../../answer/answer-label.ts"
import { readUsage } from "../../answer/usage.ts"
import { readErrorMember } from "../../failure/provider-error.ts"
import { isObject, type JsonObject, readText } from "../../json-value.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-grammar.ts"

/** Whether a whole response carries anything a user would see. */
export const hasOutput = (response: JsonObject): boolean =>
  Array.isArray(response.output) &&
  response.output.some(
    (item) =>
      isObject(item) && (item.type !== "message" || !Array.isArray(item.content) || item.content.length > 0),
  )

const isContent = (name: string, event: JsonObject): boolean => {
  if (name.endsWith(".delta")) return event.delta !== ""
  if (name === "response.output_text.done") return readText(event.text) !== undefined
  return name.endsWith(".partial_image")
}

const textDelta = "response.output_text.delta"

/** OpenAI's Responses. */
export const createResponsesGrammar = (): StreamGrammar => {
  let firstId: string | undefined
  let model: string | undefined
  let finishReason: string | undefined

  const readResponse = (response: JsonObject): Pick<GrammarFacts, "usage" | "id"> => {
    const usage = readUsage(response.usage)
    const id = readText(response.id)
    firstId ??= id
    model ??= readText(response.model)
    return { ...(usage && { usage }), ...(id !== undefined && { id }) }
  }

  return {
    done: { kind: "final", final: true },
    unreadable: { kind: "malformed" },
    read(event, type): GrammarFacts {
      const name = readText(event.type) ?? type ?? ""
      const response = isObject(event.response) ? event.response : {}
      switch (name) {
        case "response.completed":
        case "response.incomplete":
        case "response.cancelled": {
          finishReason = name.slice("response.".length)
          const end = { complete: true, final: true, withContent: hasOutput(response) } as const
          return { kind: "final", ...end, ...readResponse(response) }
        }
        case "response.failed": {
          const error = readErrorMember(response) ?? {}
          return { kind: "error", error, final: true, ...readResponse(response) }
        }
        case "ping":
        case "keepalive":
          return { kind: "other" }
        case textDelta:
          return typeof event.delta === "string" && event.delta !== ""
            ? { kind: "content", text: event.delta }
            : { kind: "progress" }
        default:
          return { kind: isContent(name, event) ? "content" : "progress", ...readResponse(response) }
      }
    },
    isMoreContent: (type) => type === textDelta || type?.endsWith(".delta") === true,
    label: () => readLabel(firstId, model, [finishReason]),
  }
}
