import { isObject, type JsonObject, parseJson, readText } from "../../json-value.ts"
import { readErrorMember, readErrorValue } from "../../failure/provider-error.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-facts.ts"
import { readUsage } from "../../answer/usage.ts"

/** Members of a delta that a user would see something of. */
const visible = [
  "content",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
  "images",
]

const hasSomething = (value: unknown): boolean =>
  typeof value === "string" || Array.isArray(value)
    ? value.length > 0
    : isObject(value) && Object.keys(value).length > 0

const deltaOf = (choice: JsonObject): JsonObject => {
  const delta = choice.delta ?? choice.message
  return isObject(delta) ? delta : {}
}

/** Whether a choice of a chunk, or of a whole answer, carries anything a user would see. */
export const hasChoiceContent = (choice: JsonObject): boolean => {
  const delta = deltaOf(choice)
  return hasSomething(choice.text) || visible.some((member) => hasSomething(delta[member]))
}

const isFirst = (choice: JsonObject): boolean => choice.index === undefined || choice.index === 0

const openBrace = 123

/**
 * A member that may be news: a reason to finish, a usage or an error that is not null, a choice that is not the first.
 * (The calls of several tools have indices too; parsing those is no harm.) Quotes inside texts are escaped, so that
 * words of a text are not taken for members.
 */
const news = /"(?:finish_reason|usage|error|index)"\s*:(?!\s*(?:null|0\s*[,}]))/

/** Chat completions, and the legacy completions, of OpenAI and everyone who speaks like it. */
export const createChatGrammar = (choices: number): StreamGrammar => {
  const seen = new Set<unknown>()
  const finished = new Set<unknown>()
  let final = false

  const readChoices = (chunk: JsonObject): GrammarFacts => {
    const facts: { -readonly [Fact in keyof GrammarFacts]: GrammarFacts[Fact] } = { kind: "progress" }
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : []) {
      const index = choice.index ?? 0
      seen.add(index)
      const error = readErrorMember(choice)
      if (error) return { kind: "error", error }
      const reason = readText(choice.finish_reason)
      if (reason !== undefined) {
        finished.add(index)
        facts.finishReason ??= reason
        if (facts.kind === "progress") facts.kind = "finish"
      }
      if (hasChoiceContent(choice)) facts.kind = "content"
      const text = isFirst(choice) ? (readText(deltaOf(choice).content) ?? readText(choice.text)) : undefined
      if (text !== undefined) facts.text = text
      const usage = readUsage(choice.usage)
      if (usage) facts.usage = usage
    }
    return facts
  }

  return {
    read(type, data) {
      if (data === "[DONE]") {
        final = true
        return { kind: "final" }
      }
      const chunk = parseJson(data)
      if (!isObject(chunk))
        return type === "error" ? { kind: "error", error: readErrorValue(data) } : { kind: "malformed" }
      const error = readErrorMember(chunk)
      if (error) return { kind: "error", error }
      if (type === "error" || chunk.object === "error") return { kind: "error", error: readErrorValue(chunk) }
      if (type === "ping") return { kind: "other" }
      const facts = readChoices(chunk)
      const usage =
        readUsage(chunk.usage) ?? readUsage(isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined)
      const id = readText(chunk.id)
      return { ...facts, ...(usage && { usage }), ...(id !== undefined && { id }) }
    },
    isMoreContent: (type, data) =>
      choices === 1 &&
      type !== "error" &&
      data.charCodeAt(0) === openBrace &&
      data.lastIndexOf('"choices"') !== -1 &&
      !news.test(data),
    get complete() {
      // Some providers never name a reason; their [DONE] is all there is.
      return final || (finished.size >= Math.max(choices, seen.size) && finished.size > 0)
    },
  }
}
