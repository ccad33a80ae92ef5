import type { Operation } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { CallEnding } from "./ending.ts"
import type { Hint } from "./hint.ts"
import type { Target } from "./target.ts"
import type { TrailEntry, TrailNote } from "./trail.ts"

/** Tokens a call is going to use, by the length of its request and the limit it sets. */
export interface Estimate {
  readonly input: number
  /** The most the answer may have, all choices together; absent where the request sets no limit. */
  readonly output?: number
}

/** One logical call by the user; may take several attempts. */
export interface Call {
  readonly id: string
  readonly operation: Operation
  /** The model the caller asked for. */
  readonly model: string | undefined
  /** Whether the caller asked for a stream. */
  readonly stream: boolean
  /** Monotonic milliseconds. */
  readonly startedAtMs: number
  /** Monotonic milliseconds; one for the whole call. `Infinity` once the call has committed. */
  readonly deadlineMs: number
  /** How long it was allowed to take to its commit, in milliseconds. */
  readonly allowedMs: number
  /** The targets that serve this model, in declared order; fixed for its whole life. */
  readonly candidates: readonly Target[]
  /** Attempts begun so far, in order. A refusal adds none. */
  readonly attempts: readonly Attempt[]
  /** How many more attempts the call may begin. */
  readonly attemptsLeft: number
  readonly committed: boolean
  readonly trail: readonly TrailEntry[]
  /** What the call will use, roughly, before anything is known of it. */
  estimate(): Estimate
  /** What the caller asks of this call; `undefined` when nothing of the kind. */
  hint<T>(hint: Hint<T>): T | undefined
  /** Writes a line into the trail. */
  note(entry: TrailNote): void
  /** Runs once, after the answer body has ended or the last attempt has failed. */
  onEnd(run: (ending: CallEnding) => void): void
}
