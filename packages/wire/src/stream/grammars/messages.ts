import { isObject, type JsonObject, parseJson, readText } from "../../json-value.ts"
import { readErrorMember, readErrorValue } from "../../failure/provider-error.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-facts.ts"
import { readUsage } from "../../answer/usage.ts"

/** Members of a delta, or of the start of a block, that a user would see something of. */
const visible = ["text", "partial_json", "thinking"]

const hasVisible = (value: JsonObject): boolean =>
  visible.some((member) => readText(value[member]) !== undefined)

/** Blocks that arrive whole, in their start. */
const isWholeBlock = ({ type }: JsonObject): boolean =>
  type === "redacted_thinking" || (typeof type === "string" && type.endsWith("_result"))

/** Anthropic's Messages. */
export const createMessagesGrammar = (): StreamGrammar => {
  let complete = false
  let usage: JsonObject = {}

  const readKnown = (name: string, event: JsonObject): GrammarFacts => {
    switch (name) {
      case "message_start": {
        const message = isObject(event.message) ? event.message : {}
        const id = readText(message.id)
        return { kind: "progress", ...readMore(message.usage), ...(id !== undefined && { id }) }
      }
      case "content_block_start": {
        const block = isObject(event.content_block) ? event.content_block : {}
        return { kind: hasVisible(block) || isWholeBlock(block) ? "content" : "progress" }
      }
      case "content_block_delta": {
        const delta = isObject(event.delta) ? event.delta : {}
        const text = delta.type === "text_delta" ? readText(delta.text) : undefined
        return { kind: hasVisible(delta) ? "content" : "progress", ...(text !== undefined && { text }) }
      }
      case "message_delta": {
        const finishReason = isObject(event.delta) ? readText(event.delta.stop_reason) : undefined
        if (finishReason === undefined) return { kind: "progress", ...readMore(event.usage) }
        complete = true
        return { kind: "finish", finishReason, ...readMore(event.usage) }
      }
      case "message_stop":
        complete = true
        return { kind: "final" }
      case "error":
        return { kind: "error", error: readErrorValue(event) }
      case "ping":
        return { kind: "other" }
      default:
        return { kind: "progress" }
    }
  }

  /** The end tells the output and, of the input, only what has changed since the start. */
  const readMore = (more: unknown): Pick<GrammarFacts, "usage"> => {
    if (!isObject(more)) return {}
    usage = { ...usage, ...more }
    const read = readUsage(usage)
    return read ? { usage: read } : {}
  }

  return {
    read(type, data) {
      const event = parseJson(data)
      if (isObject(event)) {
        const isError = type === "error" || readErrorMember(event) !== undefined
        return readKnown(isError ? "error" : (readText(event.type) ?? type ?? ""), event)
      }
      if (data === "[DONE]") return { kind: "other" }
      return type === "error" ? { kind: "error", error: readErrorValue(data) } : { kind: "malformed" }
    },
    isMoreContent: (type) => type === "content_block_delta",
    get complete() {
      return complete
    },
  }
}
