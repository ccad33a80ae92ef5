import type { Attempt } from "./attempt.ts"
import type { Context } from "./context.ts"
import type { Ending } from "./ending.ts"
import type { Target } from "./target.ts"
import type { Verdict } from "./verdict.ts"

/**
 * What an admission hands out for one attempt. Core calls `committed` at most once and `end` exactly once,
 * on every path, also when another admission refused and the attempt never began.
 */
export interface Lease {
  /** The attempt has reached its commit point. */
  committed?(): void
  end(ending: Ending): void
}

/** A place in line at a target that is full for now. */
export interface Place {
  /** `true` when the turn has come: what is needed is held for this call. `false` when it cannot come in time. */
  readonly turn: Promise<boolean>
  /** Gives up the place, or the turn if it was not used. Called exactly once, however the wait ends. */
  leave(): void
}

/** Asked before a target is used. `peek` and `take` are synchronous: nothing happens between choosing and taking. */
export interface Admission {
  /** What `take` would answer, without taking. */
  peek?(target: Target, model: string | undefined): Verdict
  /** A lease, or the verdict that refuses. `undefined` when there is nothing to hold. */
  take(attempt: Attempt): Lease | Verdict | undefined
  /**
   * A place in line, for what is handed from one call to the next; the following `take` of the call whose turn has
   * come succeeds. `undefined` where there is nothing to wait for, or no hope. The place minds `context.signal`.
   */
  line?(target: Target, context: Context): Place | undefined
}
