import type { Target } from "@bellwether/core"
import type { HealthState } from "./condition.ts"

/** What one kind of evidence says of one target, for all models or for one. */
export interface Finding {
  readonly target: Target
  /** Absent: of all models. */
  readonly model?: string
  /** Where it is from: of the key alone, or of the target as probes or calls find it. */
  readonly evidence: "key" | "probes" | "calls"
  readonly state: Exclude<HealthState, "healthy">
  /** What makes two findings alike. */
  readonly kind: string
  /** For people. */
  readonly reason: string
  /** Monotonic milliseconds: since when, and until when at the latest; absent where nobody knows. */
  readonly sinceMs: number
  readonly untilMs?: number
}

/** Whether it takes a target out of use, as far as that is allowed. A refused key is retry's to park. */
export function wantsEjection({ state, evidence }: Finding): boolean {
  return state === "unhealthy" && evidence !== "key"
}
