import { Histogram } from "@bellwether/histogram"

/** What became of one call. */
export interface Outcome {
  /** When it was made, in milliseconds from the start of the play. */
  readonly atMs: number
  /** Whether the caller read an answer to its end and met no error. */
  readonly isAnswered: boolean
  /** Milliseconds until the caller had an answer, or the beginning of a stream, or an error. */
  readonly latencyMs: number
  /** Milliseconds until the caller had read the end of it. */
  readonly durationMs: number
  /** Whether it ended as if it were whole, but was not. */
  readonly isCutShort: boolean
  /** The endpoint of each attempt, in order. */
  readonly attempts: readonly string[]
}

/** How many of a hundred calls were answered. */
export const answeredPercent = (outcomes: readonly Outcome[]): number =>
  (100 * outcomes.filter(({ isAnswered }) => isAnswered).length) / outcomes.length

/** Attempts per call: what a provider sees of each call its users make. */
export const load = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { attempts }) => sum + attempts.length, 0) / outcomes.length

/** How many of a hundred attempts an endpoint got. */
export function sharePercent(outcomes: readonly Outcome[], endpoint: string): number {
  const attempts = outcomes.flatMap((outcome) => outcome.attempts)
  return (100 * attempts.filter((id) => id === endpoint).length) / attempts.length
}

/** Milliseconds within which such a share of the answered calls had their answer, within 2 %. */
export const latencyMs = (outcomes: readonly Outcome[], share: number): number =>
  quantile(outcomes, share, (outcome) => outcome.latencyMs)

/** Milliseconds within which such a share of the answered calls had all of their answer, within 2 %. */
export const durationMs = (outcomes: readonly Outcome[], share: number): number =>
  quantile(outcomes, share, (outcome) => outcome.durationMs)

function quantile(outcomes: readonly Outcome[], share: number, msOf: (outcome: Outcome) => number): number {
  const histogram = new Histogram()
  for (const outcome of outcomes) if (outcome.isAnswered) histogram.record(msOf(outcome))
  return histogram.quantile(share) ?? Number.NaN
}
