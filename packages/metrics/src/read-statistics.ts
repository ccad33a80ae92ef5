import type { Histogram } from "@bellwether/histogram"
import { AttemptCell } from "./attempt-cell.ts"
import { CallCell } from "./call-cell.ts"
import { isGivenUp } from "./outcomes.ts"
import type { Outcomes } from "./outcomes.ts"
import type { ProbeCell } from "./probe-cell.ts"
import type { CallStatistics, Durations, OutcomeStatistics, ProbeStatistics } from "./statistics.ts"
import type { Speeds, Statistics, WorkStatistics } from "./statistics.ts"

/** What was counted in some cells, and how many are under way there now. */
export interface Part<Cell> {
  readonly cell: Cell
  readonly inFlight: number
}

/** All of them together. */
export const attemptsOf = (parts: readonly Part<AttemptCell>[]): Part<AttemptCell> =>
  sumOf(parts, new AttemptCell())
export const callsOf = (parts: readonly Part<CallCell>[]): Part<CallCell> => sumOf(parts, new CallCell())

function sumOf<Cell extends { add(other: Cell): void }>(
  parts: readonly Part<Cell>[],
  cell: Cell,
): Part<Cell> {
  let inFlight = 0
  for (const part of parts) {
    cell.add(part.cell)
    inFlight += part.inFlight
  }
  return { cell, inFlight }
}

/** The numbers of attempts. */
export const readAttempts = ({ cell, inFlight }: Part<AttemptCell>, isCosted: boolean): Statistics => ({
  ...readOutcomes(cell.outcomes, inFlight),
  ...readWork(cell, isCosted),
})

/** The numbers of calls. */
export const readCalls = ({ cell, inFlight }: Part<CallCell>): CallStatistics => ({
  ...readOutcomes(cell.outcomes, inFlight),
  waitMs: readDurations(cell.waitMs),
})

/** How they went. */
export function readOutcomes(outcomes: Outcomes, inFlight: number): OutcomeStatistics {
  const { successful, failures } = outcomes
  const failed = [...failures.entries()].filter(([failureClass]) => !isGivenUp(failureClass))
  const judged = failed.reduce((sum, [, count]) => sum + count, successful)
  return {
    total: successful + failures.sum,
    successful,
    failed: judged - successful,
    cancelled: failures.sum + successful - judged,
    inFlight,
    successRatePercent: judged === 0 ? null : (100 * successful) / judged,
    failures: Object.fromEntries(failed),
    latencyMs: readDurations(outcomes.durationMs),
    firstContentMs: readDurations(outcomes.firstContentMs),
  }
}

/** What attempts did, and what they took. */
export function readWork(cell: AttemptCell, isCosted: boolean): WorkStatistics {
  const { failovers, retries, hedges, panics, resumes, refusals, circuitOpenings, tokens, cost } = cell
  const { input, output, cachedInput, reasoning, estimatedInput, estimatedOutput } = tokens
  const { nanoUsd, estimatedNanoUsd, unknown } = cost
  return {
    failovers: failovers.sum,
    retries: retries.sum,
    hedges,
    panics,
    resumes,
    refusals,
    circuitOpenings,
    tokens: {
      input,
      output,
      cachedInput,
      reasoning,
      estimated: { input: estimatedInput, output: estimatedOutput },
    },
    tokensPerSecond: readSpeeds(cell.tokensPerSecond),
    cost: isCosted ? { nanoUsd, estimatedNanoUsd, unknown } : null,
  }
}

/** What came of probes. */
export const readProbes = ({ outcomes, durationMs }: ProbeCell): ProbeStatistics => ({
  total: outcomes.sum,
  outcomes: Object.fromEntries(outcomes.entries()),
  latencyMs: readDurations(durationMs),
})

const readDurations = (ms: Histogram): Durations | null => ms.summary() ?? null

function readSpeeds(speeds: Histogram): Speeds | null {
  const [p5, p50, p95] = [speeds.quantile(0.05), speeds.quantile(0.5), speeds.quantile(0.95)]
  if (p5 === undefined || p50 === undefined || p95 === undefined) return null
  return { mean: speeds.sum / speeds.count, p5, p50, p95 }
}
