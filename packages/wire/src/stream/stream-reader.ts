import type { AnswerLabel } from "../answer/answer-label.ts"
import { estimateTokens } from "../answer/estimate.ts"
import type { Usage } from "../answer/usage.ts"
import { type ProviderError, readErrorMember, readErrorValue } from "../failure/provider-error.ts"
import { isObject, parseJson } from "../json-value.ts"
import type { Grammar } from "../request/operation.ts"
import { createChatGrammar } from "./grammars/chat.ts"
import { createMessagesGrammar } from "./grammars/messages.ts"
import { createResponsesGrammar } from "./grammars/responses.ts"
import { createUnknownGrammar } from "./grammars/unknown.ts"
import type { SseEvent } from "./sse-event.ts"
import type { StreamFacts } from "./stream-facts.ts"
import type { GrammarFacts, StreamGrammar } from "./stream-grammar.ts"

/** Reads the events of one stream and knows how far the answer has come. */
export interface StreamReader {
  /**
   * What the event says. Once there has been content, an event that can only be more of it is not parsed: it is
   * `content` even if it happens to be empty, and its text is read when asked for.
   */
  read(event: SseEvent): StreamFacts
  /** Whether anything was seen that a user would see. A complete stream without is an empty answer. */
  readonly hasContent: boolean
  /** Whether nothing is missing, so that the stream may end here: every choice has finished. */
  readonly complete: boolean
  /** Whether the stream has said that it is over, so that nothing more need be waited for. */
  readonly final: boolean
  /** What the answer has told of itself so far. */
  readonly label: AnswerLabel | undefined
  /** What the answer was billed for, as far as the provider has said it. */
  readonly usage: Usage | undefined
  /** Tokens of the content so far, roughly; for streams that end before the provider tells. */
  readonly estimatedOutput: number
}

/** Options of {@link createStreamReader}. */
export interface StreamReaderOptions {
  /**
   * How many choices were asked for.
   * @default 1
   */
  readonly choices?: number
}

const createGrammar = (grammar: Grammar | undefined, choices: number): StreamGrammar => {
  switch (grammar) {
    case "chat":
      return createChatGrammar(choices)
    case "responses":
      return createResponsesGrammar()
    case "messages":
      return createMessagesGrammar()
    default:
      return createUnknownGrammar()
  }
}

/** Content that was not parsed, and is only if somebody wants its text. */
class UnreadContent implements StreamFacts {
  readonly kind = "content"
  readonly #grammar: StreamGrammar
  readonly #event: SseEvent

  constructor(grammar: StreamGrammar, event: SseEvent) {
    this.#grammar = grammar
    this.#event = event
  }

  get text(): string | undefined {
    return readData(this.#grammar, this.#event).text
  }
}

const readData = (grammar: StreamGrammar, { type, data }: SseEvent): GrammarFacts => {
  if (data === "[DONE]") return grammar.done
  const value = parseJson(data)
  const error = readStreamError(type, value ?? data)
  if (error) return { kind: "error", error }
  return isObject(value) ? grammar.read(value, type) : grammar.unreadable
}

/** The error that an event is in any grammar: one that carries an `error`, or is called so. */
const readStreamError = (type: string | undefined, value: unknown): ProviderError | undefined => {
  const error = readErrorMember(value)
  if (error || !isObject(value)) return error ?? (type === "error" ? readErrorValue(value) : undefined)
  if (type !== "error" && value.type !== "error" && value.object !== "error") return undefined
  // The type of a bare error event is the event's, not the error's.
  return readErrorValue(value.type === "error" ? { ...value, type: undefined } : value)
}

/**
 * Measures content without parsing it: all events of a stream have the same envelope, which the first text that is
 * read tells. Without one an event counts as a token, as most providers send them.
 */
const createContentMeasure = () => {
  let events = 0
  let characters = 0
  let envelope: number | undefined
  return {
    add(length: number, text?: string): void {
      events += 1
      characters += length
      if (text !== undefined && text !== "") envelope ??= length - text.length
    },
    get tokens(): number {
      if (envelope === undefined) return events
      return Math.max(events === 0 ? 0 : 1, estimateTokens(characters - events * envelope))
    },
  }
}

/**
 * A reader for one stream.
 *
 * @param grammar - the operation's; without one the first event with data is content, and the stream may end anywhere
 */
export const createStreamReader = (
  grammar: Grammar | undefined,
  { choices = 1 }: StreamReaderOptions = {},
): StreamReader => {
  const reading = createGrammar(grammar, choices)
  let hasContent = false
  let complete = grammar === undefined
  let final = false
  let usage: Usage | undefined
  let moreContent: SseEvent | undefined
  const measured = createContentMeasure()
  return {
    read(event) {
      if (moreContent !== undefined && event.like === moreContent) {
        measured.add(moreContent.data.length + (event.longer ?? 0))
        return new UnreadContent(reading, event)
      }
      if (event.oversized) return { kind: "malformed" }
      if (event.data === "" && event.type !== "error") return { kind: "other" }
      if (hasContent && reading.isMoreContent(event.type, event.data)) {
        // Where nobody knows the words, one inside a text may be an error.
        if (grammar !== undefined) moreContent = event.like ?? event
        measured.add(event.data.length)
        return new UnreadContent(reading, event)
      }
      const facts = readData(reading, event)
      hasContent ||= facts.kind === "content" || facts.withContent === true
      complete = facts.complete ?? complete
      final ||= facts.final === true
      usage = facts.usage ?? usage
      if (facts.kind === "content") measured.add(event.data.length, facts.text)
      return facts
    },
    get hasContent() {
      return hasContent
    },
    get complete() {
      return complete
    },
    get final() {
      return final
    },
    get label() {
      return reading.label()
    },
    get usage() {
      return usage
    },
    get estimatedOutput() {
      return measured.tokens
    },
  }
}
