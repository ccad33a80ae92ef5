import type { StreamFacts } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { ResponseHeaders } from "./bare-response.ts"
import type { Failure } from "./failure.ts"

/** One event of an answer stream: its bytes as they came, its fields, and what the grammar makes of it. */
export interface StreamEvent {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly data: string
  /** Its `event` field. */
  readonly type?: string
  readonly facts: StreamFacts
}

/** A stream that was cut after its commit. */
export interface Cut {
  readonly failure: Failure
  readonly attempt: Attempt
}

/** How a cut stream goes on. */
export interface Continuation {
  readonly answer: Delivered
  /**
   * Fits each event of the continuation to what was delivered: an event (perhaps with other bytes), `drop` for
   * what the caller has already, `diverged` when the two contradict each other: the continuation is then given
   * up, and `goOn` is asked again.
   */
  rewrite(event: StreamEvent): StreamEvent | "drop" | "diverged"
}

/** Somebody who can go on with a stream that was cut. */
export interface CutHandler {
  /** Sees every event the caller is given, before the caller does. */
  delivered(event: StreamEvent): void
  /** Asked when the stream is cut; `undefined` lets the caller see the first cut there was. */
  goOn(cut: Cut): Promise<Continuation | undefined>
}

/** An answer at its commit point. */
export interface Delivered {
  readonly ok: true
  readonly attempt: Attempt
  readonly status: number
  readonly headers: ResponseHeaders
  /** Registers who goes on when the body is cut after commit. One per call: a second one replaces the first. */
  onCut(handler: CutHandler): void
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
