import { defineEvent } from "@bellwether/core"
import type { EventType, Scope, Target } from "@bellwether/core"

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

/** The open time is over, or cut short, or a panic try succeeded: one probe at a time goes through. */
export const CircuitHalfOpened: EventType<CircuitChange> = defineEvent("circuit-half-opened")

/** The target is used again as before. */
export const CircuitClosed: EventType<CircuitChange> = defineEvent("circuit-closed")

/** An operator keeps a scope out of use: by `forceOpen` or `drain`, here or elsewhere in the fleet. */
export const CircuitForcedOpen: EventType<{
  readonly scope: Scope
  /** Why, in the operator's words. */
  readonly reason: string
  /** Until when, in monotonic milliseconds of the pipeline's clock; absent: until `forceClose`. */
  readonly untilMs?: number
}> = defineEvent("circuit-forced-open")

/** A scope that was forced open is so no longer: by `forceClose`, or because its time is over. */
export const CircuitReleased: EventType<{ readonly scope: Scope }> = defineEvent("circuit-released")
