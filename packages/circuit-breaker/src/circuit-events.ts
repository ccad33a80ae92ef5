import { defineEvent } from "@bellwether/core"
import type { EventType, Target } from "@bellwether/core"

/** What the circuit events tell. */
export interface CircuitChange {
  readonly target: Target
  /** The model the circuit is for; `undefined` for requests that name none. */
  readonly model: string | undefined
  /** Why, in words. */
  readonly reason: string
  /** Until when the target is not used, in monotonic milliseconds of the pipeline's clock; only of an opening. */
  readonly untilMs?: number
}

/** A target is not used for this model for a while. */
export const CircuitOpened: EventType<CircuitChange> = defineEvent("circuit-opened")

/** The open time is over, or a panic try succeeded: one probe at a time goes through. */
export const CircuitHalfOpened: EventType<CircuitChange> = defineEvent("circuit-half-opened")

/** The target is used again as before. */
export const CircuitClosed: EventType<CircuitChange> = defineEvent("circuit-closed")
