import { defineEvent } from "@bellwether/core"
import type { Call, EventType, Target } from "@bellwether/core"

/** A target is late with its first content, and another one is asked too. */
export const HedgeStarted: EventType<{
  readonly call: Call
  /** The one that is late. */
  readonly from: Target
  readonly to: Target
  /** Milliseconds the late one has had. */
  readonly afterMs: number
}> = defineEvent("hedge-started")

/** The hedge answered the call. */
export const HedgeWon: EventType<{ readonly call: Call; readonly from: Target; readonly to: Target }> =
  defineEvent("hedge-won")

/** The hedge did not answer the call: it was slower, or it failed. */
export const HedgeLost: EventType<{ readonly call: Call; readonly from: Target; readonly to: Target }> =
  defineEvent("hedge-lost")
