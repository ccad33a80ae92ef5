import { covers } from "@bellwether/core"
import type { Conclusion } from "./conclude.ts"
import type { HealthState } from "./condition.ts"
import type { ProbeResult } from "./probe-result.ts"
import type { TargetRecord } from "./target-record.ts"

/** How a target is, or a model on it. */
export interface StateSnapshot {
  readonly state: HealthState
  /** Why it is not healthy, in words. */
  readonly reasons: readonly string[]
}

/** How one target is. Plain data. */
export interface TargetSnapshot extends StateSnapshot {
  /** The models that are not healthy on it, by name. */
  readonly models: Readonly<Record<string, StateSnapshot>>
  /** How many of the remembered probes came out how. */
  readonly probes: Readonly<Record<ProbeResult["outcome"], number>>
  /** `null` before the first. */
  readonly lastProbe: ProbeResult | null
}

/** How all targets are, by id. Plain data. */
export type HealthSnapshot = Readonly<Record<string, TargetSnapshot>>

export function snapshotOf(
  records: readonly TargetRecord[],
  conclusions: readonly Conclusion[],
): HealthSnapshot {
  return Object.fromEntries(records.map((record) => [record.target.id, ofTarget(record, conclusions)]))
}

function ofTarget({ target, results }: TargetRecord, conclusions: readonly Conclusion[]): TargetSnapshot {
  const { endpoint, key } = target
  const about = conclusions.filter(({ scope }) => covers(scope, endpoint, key, scope.model))
  const models = Map.groupBy(about, ({ scope }) => scope.model)
  const probes = { up: 0, down: 0, timeout: 0, error: 0 }
  for (const { outcome } of results.list()) probes[outcome]++
  return {
    ...joined(models.get(undefined) ?? []),
    models: Object.fromEntries(
      [...models].flatMap(([model, alike]) => (model === undefined ? [] : [[model, joined(alike)]])),
    ),
    probes,
    lastProbe: results.newest ?? null,
  }
}

function joined(conclusions: readonly Conclusion[]): StateSnapshot {
  const states = conclusions.map(({ state }) => state)
  const worst = states.includes("unhealthy") ? "unhealthy" : (states[0] ?? "healthy")
  return { state: worst, reasons: conclusions.flatMap(({ reasons }) => reasons) }
}
