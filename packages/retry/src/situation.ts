import type { Failure, Target, Verdict } from "@bellwether/core"

/** A target the call may use, as it stands at the moment. */
export interface Candidate {
  readonly target: Target
  readonly verdict: Verdict
  /** Whether the budget has a token for one more try on it. */
  readonly affordable: boolean
  /** Whether it refused the call since the call's last attempt. */
  readonly refused: boolean
  /** Milliseconds of backoff before the last repeat on it; 0 before the first. */
  readonly previousMs: number
}

/** An attempt of the call that failed. */
export interface Try {
  readonly target: Target
  readonly failure: Failure
  /** Monotonic milliseconds. */
  readonly endedAtMs: number
}

/** All that the decision about a failed call depends on. Times are monotonic milliseconds. */
export interface Situation {
  readonly candidates: readonly Candidate[]
  /** Oldest first. */
  readonly tries: readonly Try[]
  /** Whether doing the call once more, not knowing if it was done, does no harm (law 14). */
  readonly repeatable: boolean
  readonly attemptsLeft: number
  /** Whether no router waits for gates, so that the wait is up to us. */
  readonly unrouted: boolean
  /** Whether somebody outside has another plan for the call, should it fail here (another model). */
  readonly elsewhere: boolean
  readonly nowMs: number
  readonly deadlineMs: number
}
