import { aged, failed, succeeded, unknownCondition } from "./condition.ts"
import type { Cause, Condition, ConditionRules, HealthState } from "./condition.ts"
import { counted, forgetting, noFailures } from "./failure-share.ts"
import type { FailureShare, ShareRules } from "./failure-share.ts"
import { isLate, paced, percentile95, rested, unknownPace } from "./pace.ts"
import type { Pace, PaceRules } from "./pace.ts"

/** What the calls for one model on one target have told. Plain data. */
export interface Calls {
  readonly condition: Condition
  readonly failures: FailureShare
  /** From the start of a stream to its first content. */
  readonly firstContent: Pace
  /** From piece to piece of a stream, as far as the provider was waited for. */
  readonly piece: Pace
}

/** What the end of one attempt tells. */
export interface CallEvidence {
  readonly health: "success" | "failure" | "neutral"
  /** Why it failed, where that counts. */
  readonly cause: Cause
  /** Monotonic milliseconds. */
  readonly startedAtMs: number
  /** Milliseconds; of streams only. */
  readonly firstContentMs?: number
  /** Milliseconds a stream was waited for without any content; it would have taken longer still. */
  readonly silentMs?: number
  readonly msPerPiece?: number
}

/** When calls speak against a target. */
export interface CallRules {
  readonly condition: ConditionRules
  readonly failures: ShareRules
  readonly firstContent: PaceRules
  readonly piece: PaceRules
}

/** Nothing is known. */
export const noCalls: Calls = {
  condition: unknownCondition,
  failures: noFailures,
  firstContent: unknownPace,
  piece: unknownPace,
}

/** After the end of one more attempt. */
export function learned(calls: Calls, evidence: CallEvidence, nowMs: number, rules: CallRules): Calls {
  const { health, firstContentMs, silentMs, msPerPiece } = evidence
  let { failures, firstContent, piece } = calls
  let condition = aged(calls.condition, nowMs, rules.condition)
  // What began before the state did belongs to the one before (law 5).
  const isOld = evidence.startedAtMs < condition.sinceMs
  if (health === "failure") failures = counted(failures, true, nowMs, rules.failures)
  if (health === "success") failures = counted(failures, false, nowMs, rules.failures)
  if (health === "failure" && !isOld) condition = failed(condition, evidence.cause, nowMs, rules.condition)
  if (health === "success" && !isOld) condition = succeeded(condition, nowMs, rules.condition)
  if (health === "success" && firstContentMs !== undefined)
    firstContent = paced(firstContent, firstContentMs, nowMs, rules.firstContent)
  // Whoever gives up, or asks elsewhere too, must not hide how slow it was.
  if (health === "neutral" && silentMs !== undefined && isLate(firstContent, silentMs, rules.firstContent))
    firstContent = paced(firstContent, silentMs, nowMs, rules.firstContent)
  if (health === "success" && msPerPiece !== undefined) piece = paced(piece, msPerPiece, nowMs, rules.piece)
  return { condition, failures, firstContent, piece }
}

/** As time leaves it. */
export function agedCalls(calls: Calls, nowMs: number, rules: CallRules): Calls {
  return {
    condition: aged(calls.condition, nowMs, rules.condition),
    failures: forgetting(calls.failures, nowMs, rules.failures),
    firstContent: rested(calls.firstContent, nowMs, rules.firstContent),
    piece: rested(calls.piece, nowMs, rules.piece),
  }
}

/** When time alone changes what they say; `Infinity` for never. */
export function nextChangeMs({ condition, failures, firstContent, piece }: Calls, rules: CallRules): number {
  return Math.min(
    condition.untilMs ?? Infinity,
    failures.isHigh ? failures.lastMs + rules.failures.windowMs : Infinity,
    firstContent.isSlow ? firstContent.lastMs + rules.firstContent.windowMs : Infinity,
    piece.isSlow ? piece.lastMs + rules.piece.windowMs : Infinity,
  )
}

export function stateOf({ condition, failures, firstContent, piece }: Calls): HealthState {
  if (condition.state !== "healthy") return condition.state
  return failures.isHigh || firstContent.isSlow || piece.isSlow ? "degraded" : "healthy"
}

/** Why it is not healthy, in words. */
export function reasonsOf({ condition, failures, firstContent, piece }: Calls): readonly string[] {
  const { state, cause } = condition
  const last = cause === undefined ? "" : `, the last one: ${cause.reason}`
  return [
    ...(state === "unhealthy" ? [`${failuresInWords(condition.failures)}${last}`] : []),
    ...(state === "degraded" ? [`on trial after its calls failed${last}`] : []),
    ...(failures.isHigh ? [`${Math.round(failures.share * 100)} % of its last calls failed`] : []),
    ...(firstContent.isSlow ? [slowness("first content", firstContent)] : []),
    ...(piece.isSlow ? [slowness("a piece of a stream", piece)] : []),
  ]
}

function slowness(what: string, { recent, usualMs = 0 }: Pace): string {
  return `${what} takes ${inWords(percentile95(recent))} (p95), ${inWords(usualMs)} as a rule`
}

const inWords = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`)

const failuresInWords = (inARow: number): string =>
  inARow === 1 ? "a call failed" : `${inARow} calls in a row failed`
