import type { Verdict } from "@bellwether/core"
import type { HealthState } from "../heard-events.ts"
import type { LevelStatistics } from "../levels.ts"
import type { ProbeCell } from "../probe-cell.ts"
import { by, counter, gauge, oneOf, spread } from "./definition.ts"
import type { Definition, Row } from "./definition.ts"
import { seconds } from "./histogram.ts"

/** One target, as it is now. */
export interface TargetRow extends Row {
  readonly tier: number
  readonly status: Verdict["status"]
  readonly health: HealthState | undefined
  readonly probes: ProbeCell
  readonly quota: LevelStatistics | undefined
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
  counter(
    "bellwether_probes_total",
    "Probes that are over, by outcome: up, down, timeout or error.",
    ({ probes }) => by("outcome", probes.outcomes.entries()),
  ),
  spread(
    "bellwether_probe_duration_seconds",
    "Time from the request of a probe to the head of its answer, of answered ones.",
    seconds,
    ({ probes }) => probes.durationMs,
  ),
  gauge(
    "bellwether_quota_remaining_ratio",
    "What is left of the target's quota, from 0 to 1; absent where its provider tells no limit.",
    ({ quota }) => quota?.remainingRatio ?? undefined,
  ),
  gauge(
    "bellwether_quota_remaining",
    "What is left of the target's quota, in its unit; absent where its provider tells nothing.",
    ({ quota }) => (quota?.left == null ? undefined : [[{ unit: quota.unit }, quota.left]]),
  ),
]
