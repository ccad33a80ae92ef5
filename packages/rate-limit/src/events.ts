import { defineEvent } from "@bellwether/core"
import type { Call, EventType, Target } from "@bellwether/core"

/** A call waits for its turn at a target. */
export const CallQueued: EventType<{
  readonly call: Call
  readonly target: Target
  /** How many stand before it. */
  readonly ahead: number
}> = defineEvent("call-queued")

/** A provider has throttled: less goes there from now on. */
export const LimitLowered: EventType<{
  readonly target: Target
  /** The model it is for; `undefined` for all of them. */
  readonly model: string | undefined
  /** Attempts that may be under way at once; `undefined` for any number. */
  readonly limit: number | undefined
  /** The steady rate; `undefined` while nobody knows one. */
  readonly requestsPerMinute: number | undefined
  /** Milliseconds the target is left alone. */
  readonly pauseMs: number
}> = defineEvent("limit-lowered")
