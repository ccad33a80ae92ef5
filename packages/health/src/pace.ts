/** How fast something is, and how fast it is as a rule. Plain data; times are monotonic milliseconds. */
export interface Pace {
  /** The last durations, in milliseconds. */
  readonly recent: readonly number[]
  /** The 95th percentile it has as a rule, in milliseconds; absent until enough is known. */
  readonly usualMs?: number
  /** Whether it is slow by its own measure. */
  readonly isSlow: boolean
  /** When the last duration came. */
  readonly lastMs: number
}

/** When a pace is slow. */
export interface PaceRules {
  /** Slow is so many times what is usual; two thirds of that end it. */
  readonly slowFactor: number
  /** Milliseconds up to which nothing is slow. */
  readonly floorMs: number
  /** Milliseconds of silence after which the last durations are forgotten; what is usual is not. */
  readonly windowMs: number
}

/** Nothing is known. */
export const unknownPace: Pace = { recent: [], isSlow: false, lastMs: 0 }

/** Of so many durations the 95th percentile is the last but one: a single straggler says nothing. */
const enough = 20
/** What is usual follows what is with this time constant, so that an outage does not become usual, but a new model does. */
const followMs = 1_800_000
/** A long silence is no long experience. */
const longestStepMs = 60_000

/** After one more duration. */
export function paced(before: Pace, ms: number, nowMs: number, rules: PaceRules): Pace {
  const { recent: earlier, isSlow: wasSlow, ...rest } = rested(before, nowMs, rules)
  const recent = [...earlier, ms].slice(-enough)
  if (recent.length < enough) return { ...rest, recent, isSlow: false, lastMs: nowMs }
  const p95Ms = percentile95(recent)
  const { usualMs = p95Ms } = before
  const limitMs = limitOf(usualMs, wasSlow, rules)
  const weight = 1 - Math.exp(-Math.min(nowMs - before.lastMs, longestStepMs) / followMs)
  return { recent, usualMs: usualMs * (p95Ms / usualMs) ** weight, isSlow: p95Ms > limitMs, lastMs: nowMs }
}

/** As silence leaves it: what is degraded may get no calls, and would stay so for ever. */
export function rested(pace: Pace, nowMs: number, { windowMs }: PaceRules): Pace {
  if (nowMs < pace.lastMs + windowMs) return pace
  return { ...pace, recent: [], isSlow: false }
}

/** Whether a duration that is not over yet is slow already. */
export function isLate({ usualMs }: Pace, ms: number, rules: PaceRules): boolean {
  return usualMs !== undefined && ms > limitOf(usualMs, false, rules)
}

/** The 95th percentile of some durations, by nearest rank. */
export function percentile95(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b)
  // A duration of nothing has no logarithm.
  return Math.max(sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0, 0.001)
}

function limitOf(usualMs: number, wasSlow: boolean, { slowFactor, floorMs }: PaceRules): number {
  return Math.max(floorMs, usualMs * slowFactor * (wasSlow ? 2 / 3 : 1))
}
