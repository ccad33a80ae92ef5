import { AttemptCell } from "../attempt-cell.ts"
import { CallCell } from "../call-cell.ts"
import type { Counted } from "../counting.ts"
import { budgetsOf, quotaOf } from "../levels.ts"
import { ProbeCell } from "../probe-cell.ts"
import { attemptMetrics } from "./attempt-metrics.ts"
import { budgetMetrics } from "./budget-metrics.ts"
import { callMetrics } from "./call-metrics.ts"
import { familiesOf } from "./definition.ts"
import type { Labels } from "./definition.ts"
import type { MetricFamily } from "./family.ts"
import { targetMetrics } from "./target-metrics.ts"

/** All there is to tell, with these labels on everything. */
export function metricFamilies(counted: Counted, labels: Labels): readonly MetricFamily[] {
  const { ledger, models, services, healths, levels, isCosted } = counted
  const all = models.all()
  const calls = all.flatMap((series) => {
    const cell = ledger.calls.get(series)
    if (cell === undefined && series.inFlight === 0) return []
    const { model, inFlight } = series
    return [{ labels: { ...labels, model }, cell: cell ?? new CallCell(), inFlight }]
  })
  const attempts = all
    .flatMap((series) => [...series.attempts])
    .map((series) => {
      const { target, model, inFlight, circuit } = series
      const { endpoint, key } = target
      const cell = ledger.attempts.get(series) ?? new AttemptCell()
      return { labels: { ...labels, endpoint, key, model }, cell, inFlight, circuit, isCosted }
    })
  const targets = services.targets.map((target) => {
    const { endpoint, key, tier } = target
    const { status } = services.board.read(target, undefined)
    const probes = ledger.probes.get(target.id) ?? new ProbeCell()
    const [health, quota] = [healths.of(target), quotaOf(target, levels)]
    return { labels: { ...labels, endpoint, key }, tier, status, health, probes, quota }
  })
  const budgets = [...budgetsOf(levels)].map(([budget, level]) => ({ labels: { ...labels, budget }, level }))
  return [
    ...familiesOf(callMetrics, calls),
    ...familiesOf(attemptMetrics, attempts),
    ...familiesOf(targetMetrics, targets),
    ...familiesOf(budgetMetrics, budgets),
  ]
}
