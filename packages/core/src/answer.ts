import type { StreamFacts } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { Failure } from "./failure.ts"

/** One event of an answer stream: its bytes as they came, its data, and what the grammar makes of it. */
export interface StreamEvent {
  readonly bytes: Uint8Array
  readonly data: string
  readonly facts: StreamFacts
}

/** A stream that was cut after its commit. */
export interface Cut {
  readonly failure: Failure
  readonly attempt: Attempt
  /** The plain text of the first choice the caller has been given so far. */
  readonly deliveredText: string
}

/** How a cut stream goes on. */
export interface Continuation {
  readonly answer: Delivered
  /**
   * Fits each event of the continuation to what was delivered: an event (perhaps with other bytes), `drop`
   * for what the caller has already, `diverged` when the two do not match: the continuation is then
   * cancelled, and `onCut` is asked again, as long as nothing of it has been delivered.
   */
  rewrite(event: StreamEvent): StreamEvent | "drop" | "diverged"
}

/** An answer at its commit point. */
export interface Delivered {
  readonly ok: true
  readonly attempt: Attempt
  readonly status: number
  readonly headers: Headers
  /**
   * Asked when the body is cut after commit; `undefined` lets the caller see the cut. One per call: a second
   * registration replaces the first.
   */
  onCut(goOn: (cut: Cut) => Promise<Continuation | undefined>): void
  /** Gives the answer up for another one. */
  cancel(failure: "superseded"): void
}

/** No answer: the failure, and the attempt it belongs to if one was made. */
export interface Failed {
  readonly ok: false
  readonly failure: Failure
  readonly attempt?: Attempt
}

export type Answer = Delivered | Failed
