import type { AnswerLabel, Usage } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { Failure } from "./failure.ts"

/** How one attempt ended: final when the body has ended, not when the headers arrived. */
export interface Ending {
  /** Absent when the attempt succeeded. */
  readonly failure?: Failure
  /** What the attempt is blamed for although it went on: a limit that passed where nothing else was left. */
  readonly blamed?: Failure
  /**
   * What the ending says of the target's health: `neutral` where the failure table says it does not count,
   * where another endpoint failed alike before in this call, or where nothing was learned.
   */
  readonly health: "success" | "failure" | "neutral"
  /** As the provider told; estimated where a stream ended before it did. */
  readonly usage?: Usage
  /** What the answer told of itself, as far as it came. Names in the provider's words: not to be trusted. */
  readonly answer?: AnswerLabel
  /** Milliseconds from the start of the attempt to its first content. */
  readonly firstContentMs?: number
  readonly durationMs: number
}

/** How a call ended: once, after the answer body or the last failure. */
export interface CallEnding {
  /** Absent when the caller got a complete answer. */
  readonly failure?: Failure
  readonly attempts: readonly { readonly attempt: Attempt; readonly ending: Ending }[]
  readonly durationMs: number
  /** Milliseconds from the start of the call to the commit of the answer it returned. */
  readonly firstContentMs?: number
}

/** A record that is being put together: what is absent is left out. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }
