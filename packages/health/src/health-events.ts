import { defineEvent } from "@bellwether/core"
import type { EventType, Scope, Target } from "@bellwether/core"
import type { HealthState } from "./condition.ts"
import type { ProbeResult } from "./probe-result.ts"

/** What `health-changed` tells. */
export interface HealthChange {
  /** The endpoint, one key of it, or a model on it. */
  readonly scope: Scope
  readonly from: HealthState
  readonly to: HealthState
  /** Why, in words. */
  readonly reason: string
}

/** Something is healthy, degraded or unhealthy from now on. Once per change of a scope. */
export const HealthChanged: EventType<HealthChange> = defineEvent("health-changed")

/** A target was probed, by this process. */
export const ProbeEnded: EventType<{ readonly target: Target; readonly result: ProbeResult }> =
  defineEvent("probe-ended")
