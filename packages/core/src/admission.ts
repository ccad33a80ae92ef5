import type { Attempt } from "./attempt.ts"
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

/** Asked before a target is used. Both methods are synchronous: nothing happens between choosing and taking. */
export interface Admission {
  /** What `take` would answer, without taking. */
  peek?(target: Target, model: string | undefined): Verdict
  /** A lease, or the verdict that refuses. `undefined` when there is nothing to hold. */
  take(attempt: Attempt): Lease | Verdict | undefined
}
