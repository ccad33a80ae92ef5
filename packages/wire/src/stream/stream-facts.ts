import type { Usage } from "../answer/usage.ts"
import type { ProviderError } from "../failure/provider-error.ts"

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
