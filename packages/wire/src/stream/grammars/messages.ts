import { readLabel } from "../../answer/answer-label.ts"
import { readUsage } from "../../answer/usage.ts"
import { isObject, type JsonObject, readText } from "../../json-value.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-grammar.ts"

/** Members of a delta, or of the start of a block, that a user would see something of. */
const visible = ["text", "partial_json", "thinking"]

const hasVisible = (value: JsonObject): boolean =>
  visible.some((member) => readText(value[member]) !== undefined)

/** Blocks that arrive whole, in their start. */
const isWholeBlock = ({ type }: JsonObject): boolean =>
  type === "redacted_thinking" || (typeof type === "string" && type.endsWith("_result"))

const memberOf = (event: JsonObject, member: string): JsonObject => {
  const value = event[member]
  return isObject(value) ? value : {}
}

/** Anthropic's Messages. */
export const createMessagesGrammar = (): StreamGrammar => {
  let usageSoFar: JsonObject = {}
  let message: JsonObject = {}
  let finishReason: string | undefined

  /** The end tells the output and, of the input, only what has changed since the start. */
  const readMoreUsage = (more: unknown): Pick<GrammarFacts, "usage"> => {
    if (!isObject(more)) return {}
    usageSoFar = { ...usageSoFar, ...more }
    const usage = readUsage(usageSoFar)
    return usage ? { usage } : {}
  }

  return {
    done: { kind: "other" },
    unreadable: { kind: "malformed" },
    read(event, type): GrammarFacts {
      switch (readText(event.type) ?? type) {
        case "message_start": {
          message = memberOf(event, "message")
          const id = readText(message.id)
          return { kind: "progress", ...readMoreUsage(message.usage), ...(id !== undefined && { id }) }
        }
        case "content_block_start": {
          const block = memberOf(event, "content_block")
          return { kind: hasVisible(block) || isWholeBlock(block) ? "content" : "progress" }
        }
        case "content_block_delta": {
          const delta = memberOf(event, "delta")
          const text = delta.type === "text_delta" ? readText(delta.text) : undefined
          return { kind: hasVisible(delta) ? "content" : "progress", ...(text !== undefined && { text }) }
        }
        case "message_delta": {
          const reason = readText(memberOf(event, "delta").stop_reason)
          const usage = readMoreUsage(event.usage)
          if (reason === undefined) return { kind: "progress", ...usage }
          finishReason = reason
          return { kind: "finish", complete: true, ...usage }
        }
        case "message_stop":
          return { kind: "final", complete: true, final: true }
        case "ping":
          return { kind: "other" }
        default:
          return { kind: "progress" }
      }
    },
    isMoreContent: (type) => type === "content_block_delta",
    label: () => readLabel(message.id, message.model, [finishReason]),
  }
}
