import type { Board, Target } from "@bellwether/core"
import { CallCell } from "./call-cell.ts"
import { AttemptCell } from "./attempt-cell.ts"
import type { Counted } from "./counting.ts"
import { budgetsOf, quotaOf } from "./levels.ts"
import { ProbeCell } from "./probe-cell.ts"
import { attemptsOf, callsOf, readAttempts, readCalls } from "./read-statistics.ts"
import { readOutcomes, readProbes, readWork } from "./read-statistics.ts"
import type { Part } from "./read-statistics.ts"
import type { AttemptSeries, CircuitState } from "./series.ts"
import type { MetricsSnapshot, TargetStatistics } from "./statistics.ts"

/** What was counted on a target for a model. */
interface AttemptPart extends Part<AttemptCell> {
  readonly series: AttemptSeries
}

/** Sums what was counted by endpoint, target and model. */
export function takeSnapshot({ sinceMs, ledger, models, ...now }: Counted): MetricsSnapshot {
  const { services, healths, levels, isCosted } = now
  const rows = models.all().map((series) => ({
    name: series.model,
    calls: { cell: ledger.calls.get(series) ?? new CallCell(), inFlight: series.inFlight },
    isIdle: !ledger.calls.has(series) && series.inFlight === 0,
    attempts: [...series.attempts].flatMap((on): AttemptPart[] => {
      const cell = ledger.attempts.get(on)
      if (cell === undefined && on.inFlight === 0) return []
      return [{ series: on, cell: cell ?? new AttemptCell(), inFlight: on.inFlight }]
    }),
  }))
  const parts = rows.flatMap(({ attempts }) => attempts)
  const all = attemptsOf(parts)
  const where = (isIn: (target: Target) => boolean): Part<AttemptCell> =>
    attemptsOf(parts.filter(({ series }) => isIn(series.target)))
  const endpoints = [...new Set(services.targets.map(({ endpoint }) => endpoint))]
  return {
    sinceMs,
    ...readCalls(callsOf(rows.map(({ calls }) => calls))),
    ...readWork(all.cell, isCosted),
    attempts: readOutcomes(all.cell.outcomes, all.inFlight),
    endpoints: record(endpoints, (id) => [
      id,
      readAttempts(
        where(({ endpoint }) => endpoint === id),
        isCosted,
      ),
    ]),
    targets: record(services.targets, (target) => [
      target.id,
      {
        ...readAttempts(
          where(({ id }) => id === target.id),
          isCosted,
        ),
        ...readState(target, services.board),
        circuits: readCircuits(target, models),
        health: healths.of(target) ?? null,
        probes: readProbes(ledger.probes.get(target.id) ?? new ProbeCell()),
        quota: quotaOf(target, levels) ?? null,
      },
    ]),
    models: record(
      rows.filter(({ isIdle, attempts }) => !isIdle || attempts.length > 0),
      ({ name, calls, attempts }) => [
        name,
        { ...readAttempts(attemptsOf(attempts), isCosted), calls: readCalls(calls) },
      ],
    ),
    budgets: Object.fromEntries(budgetsOf(levels)),
  }
}

function record<Row, Value>(
  rows: readonly Row[],
  entry: (row: Row) => readonly [string, Value],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(rows.map(entry))
}

function readCircuits(target: Target, models: Counted["models"]): Readonly<Record<string, CircuitState>> {
  const circuits = models.all().flatMap((model) => [...model.attempts])
  return Object.fromEntries(
    circuits.flatMap(({ target: { id }, model, circuit = "closed" }) =>
      id === target.id && circuit !== "closed" ? [[model, circuit]] : [],
    ),
  )
}

function readState(target: Target, board: Board): Pick<TargetStatistics, "status" | "reasons"> {
  return { status: board.read(target, undefined).status, reasons: reasonsOf(target, board) }
}

function reasonsOf({ endpoint, key }: Target, board: Board): readonly string[] {
  return board.statements().flatMap(({ source, scope, verdict }) => {
    if (verdict.status === "available" || scope.endpoint !== endpoint) return []
    if (scope.key !== undefined && scope.key !== key) return []
    const subject = scope.model === undefined ? source : `${source}, ${scope.model}`
    return [`${subject}: ${verdict.reason}`]
  })
}
