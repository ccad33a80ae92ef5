import { defineEvent } from "@bellwether/core"
import type { Attempt, AttemptCost, Call, EventType } from "@bellwether/core"

/** What a call has cost, all its attempts together. */
export interface CostedCall {
  readonly call: Call
  /** Whole nano-USD, of the attempts whose cost is known. */
  readonly nanoUsd: number
  /** Whether a part of it was estimated. */
  readonly isEstimated: boolean
  /** Attempts that have cost something nobody knows. */
  readonly unknown: number
  readonly attempts: readonly { readonly attempt: Attempt; readonly cost: AttemptCost }[]
}

/** A call is over, and this is what it has cost. Once per call. */
export const CallCosted: EventType<CostedCall> = defineEvent<CostedCall>("call-costed")
