import type { ProviderError } from "../failure/provider-error.ts"
import type { Usage } from "../answer/usage.ts"

/**
 * What an event of a stream is: `content` that a user would see (text, a tool call, reasoning, a refusal, audio),
 * `progress` without content, the `finish` of a choice, the `final` marker, an `error`, `malformed`, or `other`
 * (comments, keep-alives, pings), which says nothing of the answer.
 */
export type StreamEventKind = "content" | "progress" | "finish" | "final" | "error" | "malformed" | "other"

/** What an event of a stream says. */
export interface StreamFacts {
  readonly kind: StreamEventKind
  /** The plain text that it adds to the answer (to its first choice, if there are several). */
  readonly text?: string | undefined
  readonly usage?: Usage
  /** Of an `error`: in the provider's words. */
  readonly error?: ProviderError
  /** The answer's id. */
  readonly id?: string
}

/** What a grammar makes of one event: its facts, and what they change about the answer as a whole. */
export interface GrammarFacts extends StreamFacts {
  /** Why a choice ended. */
  readonly finishReason?: string
  /** Whether it carries content although it is something else: a whole answer inside its terminal event. */
  readonly withContent?: boolean
}

/** How one kind of stream is read; holds the state of one stream. */
export interface StreamGrammar {
  /** Reads an event that may matter. */
  read(type: string | undefined, data: string): GrammarFacts
  /** Whether the event can only be more content; asked once there has been content. Must be cheap and never wrong. */
  isMoreContent(type: string | undefined, data: string): boolean
  /** Nothing is missing: the stream may end here. */
  readonly complete: boolean
}
