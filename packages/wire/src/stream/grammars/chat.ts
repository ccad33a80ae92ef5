import { readLabel } from "../../answer/answer-label.ts"
import { readUsage } from "../../answer/usage.ts"
import { readErrorMember } from "../../failure/provider-error.ts"
import { isObject, type JsonObject, readText } from "../../json-value.ts"
import type { GrammarFacts, StreamGrammar } from "../stream-grammar.ts"

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

/** The choices of a chunk, or of a whole answer. */
export const choicesOf = ({ choices }: JsonObject): readonly JsonObject[] =>
  Array.isArray(choices) ? choices.filter(isObject) : []

const firstOf = <Value>(choices: readonly JsonObject[], read: (choice: JsonObject) => Value | undefined) => {
  for (const choice of choices) {
    const value = read(choice)
    if (value !== undefined) return value
  }
  return undefined
}

const textOf = (choice: JsonObject): string | undefined =>
  (choice.index ?? 0) === 0 ? (readText(deltaOf(choice).content) ?? readText(choice.text)) : undefined

const openBrace = 123

/**
 * A member that may be news: a reason to finish, a usage or an error that is not null, a choice that is not the first.
 * (The calls of several tools have indices too; parsing those is no harm.) Quotes inside texts are escaped, so that
 * words of a text are not taken for members.
 */
const news = /"(?:finish_reason|usage|error|index)"\s*:(?!\s*(?:null|0\s*[,}]))/

/** Chat completions, and the legacy completions, of OpenAI and everyone who speaks like it. */
export const createChatGrammar = (choiceCount: number): StreamGrammar => {
  const seen = new Set<unknown>()
  const finished = new Map<unknown, string>()
  let firstId: string | undefined
  let model: string | undefined

  /** Whether a choice ends here. */
  const finish = (choice: JsonObject): boolean => {
    const index = choice.index ?? 0
    const reason = readText(choice.finish_reason)
    seen.add(index)
    if (reason !== undefined) finished.set(index, reason)
    return reason !== undefined
  }

  return {
    // Some providers never name a reason to finish; their [DONE] is all there is.
    done: { kind: "final", final: true, complete: true },
    unreadable: { kind: "malformed" },
    read(chunk, type): GrammarFacts {
      if (type === "ping") return { kind: "other" }
      const choices = choicesOf(chunk)
      const groq = isObject(chunk.x_groq) ? chunk.x_groq : {}
      const error = firstOf([groq, ...choices], readErrorMember)
      if (error) return { kind: "error", error }
      const isFinish = choices.map(finish).includes(true)
      const text = firstOf(choices, textOf)
      const usage = firstOf([chunk, groq, ...choices], (holder) => readUsage(holder.usage))
      const id = readText(chunk.id)
      firstId ??= id
      model ??= readText(chunk.model)
      return {
        kind: choices.some(hasChoiceContent) ? "content" : isFinish ? "finish" : "progress",
        complete: finished.size >= Math.max(choiceCount, seen.size),
        ...(text !== undefined && { text }),
        ...(usage && { usage }),
        ...(id !== undefined && { id }),
      }
    },
    label() {
      const inOrder = [...finished].toSorted(([a], [b]) => Number(a) - Number(b))
      return readLabel(
        firstId,
        model,
        inOrder.map(([, reason]) => reason),
      )
    },
    isMoreContent: (type, data) =>
      choiceCount === 1 &&
      type !== "error" &&
      data.charCodeAt(0) === openBrace &&
      data.lastIndexOf('"choices"') !== -1 &&
      !news.test(data),
  }
}
