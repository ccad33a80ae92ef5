import type { FailureClass } from "@bellwether/wire"
import { defineEvent } from "@bellwether/core"
import type { Call, EventType, Scope, Target } from "@bellwether/core"

/** A call will be tried once more on a target that failed it. */
export const RetryScheduled: EventType<{
  readonly call: Call
  readonly target: Target
  readonly delayMs: number
  /** The class of the failure before. */
  readonly class: FailureClass
}> = defineEvent("retry-scheduled")

/** A call leaves a target that failed it for another one, which its next attempt names. */
export const CallMoved: EventType<{
  readonly call: Call
  readonly from: Target
  readonly class: FailureClass
}> = defineEvent("call-moved")

/** A provider asked to be left alone: its scope takes no new attempt for a while. */
export const GateClosed: EventType<{
  readonly scope: Scope
  readonly class: FailureClass
  readonly durationMs: number
}> = defineEvent("gate-closed")

/** A key or a model is taken out of use. */
export const ParkBegan: EventType<{
  readonly scope: Scope
  readonly class: FailureClass
  readonly durationMs: number
  /** How often in a row; each time lasts twice as long. */
  readonly strikes: number
}> = defineEvent("park-began")

/** A parked key or model is in use again: it answered a call, or something else shows that it would. */
export const ParkEnded: EventType<{
  readonly scope: Scope
  readonly class: FailureClass
  /** In words. */
  readonly reason: string
}> = defineEvent("park-ended")
