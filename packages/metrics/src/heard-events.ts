import { defineEvent } from "@bellwether/core"
import type { Call, EventType, Scope, Target } from "@bellwether/core"

// Events of other plugins. Packages of one row do not know each other, and events are compared by name: so each is
// named here again, with the part of it that is counted. Where nobody emits them, nothing is counted.

/** From `router`. */
export const CallWaited: EventType<{ readonly call: Call; readonly waitMs: number }> =
  defineEvent("call-waited")

interface CircuitChange {
  readonly target: Target
  readonly model: string | undefined
}

/** From `circuit-breaker`, as the next two. */
export const CircuitOpened: EventType<CircuitChange> = defineEvent("circuit-opened")
export const CircuitHalfOpened: EventType<CircuitChange> = defineEvent("circuit-half-opened")
export const CircuitClosed: EventType<CircuitChange> = defineEvent("circuit-closed")

/** How `health` finds something to be. */
export type HealthState = "healthy" | "degraded" | "unhealthy"

/** From `health`. */
export const HealthChanged: EventType<{ readonly scope: Scope; readonly to: HealthState }> =
  defineEvent("health-changed")

/** What came of a probe: answered as expected or otherwise, not in time, or not at all. */
export type ProbeOutcome = "up" | "down" | "timeout" | "error"

/** What of a probe is counted. */
export interface HeardProbe {
  readonly outcome: ProbeOutcome
  /** To the head of the answer, or until it was given up. */
  readonly latencyMs: number
}

/** From `health`. */
export const ProbeEnded: EventType<{ readonly target: Target; readonly result: HeardProbe }> =
  defineEvent("probe-ended")
