import type { Verdict } from "@bellwether/core"
import type { HealthState } from "../heard-events.ts"
import { gauge, oneOf } from "./definition.ts"
import type { Definition, Row } from "./definition.ts"

/** One target, as it is now. */
export interface TargetRow extends Row {
  readonly tier: number
  readonly status: Verdict["status"]
  readonly health: HealthState | undefined
}

const statuses: readonly Verdict["status"][] = ["available", "degraded", "unavailable"]
const healthStates: readonly HealthState[] = ["healthy", "degraded", "unhealthy"]

/** What is told of targets. */
export const targetMetrics: readonly Definition<TargetRow>[] = [
  gauge("bellwether_target_info", "The targets there are; tier 0 is preferred.", ({ tier }) => [
    [{ tier: String(tier) }, 1],
  ]),
  gauge(
    "bellwether_target_status",
    "1 for what plugins together say of the target, 0 for the rest; what they say of single models is left out.",
    ({ status }) => oneOf("status", statuses, status),
  ),
  gauge(
    "bellwether_health_state",
    "1 for how the target was found to be, 0 for the rest; absent until it was probed or has changed.",
    ({ health }) => oneOf("state", healthStates, health),
  ),
]
