/** How something is. */
export type HealthState = "healthy" | "degraded" | "unhealthy"

/** Why something failed. */
export interface Cause {
  /** What makes two failures alike, such as a class of the failure table. */
  readonly kind: string
  /** For people. */
  readonly reason: string
}

/**
 * How something is by one kind of evidence, its probes or its calls. Here `degraded` means on trial: it was unhealthy
 * and may be again, one failure is enough. Plain data; times are monotonic milliseconds.
 */
export interface Condition {
  readonly state: HealthState
  /** In a row. */
  readonly failures: number
  /** In a row, as far as they were needed. */
  readonly successes: number
  /** How often it became unhealthy since successes last made it healthy. */
  readonly falls: number
  /** When the state began. */
  readonly sinceMs: number
  /** When time alone ends the state. */
  readonly untilMs?: number
  /** Of the last failure. */
  readonly cause?: Cause
}

/** What a condition needs to change. */
export interface ConditionRules {
  readonly failuresToUnhealthy: number
  readonly successesToHealthy: number
  /** Milliseconds after which something unhealthy goes on trial by itself; `Infinity` for never. */
  holdMs(falls: number): number
  /** Milliseconds of silence after which a trial is over; `Infinity` for never. */
  readonly trialMs: number
}

/** Nothing is known. */
export const unknownCondition: Condition = {
  state: "healthy",
  failures: 0,
  successes: 0,
  falls: 0,
  sinceMs: 0,
}

/** After a failure. */
export function failed(condition: Condition, cause: Cause, nowMs: number, rules: ConditionRules): Condition {
  const current = aged(condition, nowMs, rules)
  const failures = current.failures + 1
  const isHealthyStill = current.state === "healthy" && failures < rules.failuresToUnhealthy
  if (isHealthyStill) return { ...current, failures, successes: 0, cause }
  const isFall = current.state !== "unhealthy"
  const falls = isFall ? current.falls + 1 : current.falls
  return {
    state: "unhealthy",
    failures,
    successes: 0,
    falls,
    sinceMs: isFall ? nowMs : current.sinceMs,
    ...until(nowMs + rules.holdMs(falls)),
    cause,
  }
}

/** After a success: what was unhealthy goes on trial, and is healthy again after enough of them. */
export function succeeded(condition: Condition, nowMs: number, rules: ConditionRules): Condition {
  const current = aged(condition, nowMs, rules)
  if (current.failures === 0 && current.falls === 0) return current
  const successes = current.successes + 1
  if (successes >= rules.successesToHealthy) return { ...unknownCondition, sinceMs: nowMs }
  return current.state === "healthy"
    ? { ...current, failures: 0, successes }
    : onTrial(current, successes, nowMs, rules)
}

/**
 * As time leaves it. Nothing stays shut for ever, for then nobody would learn that it is well again; and a trial that
 * nobody takes part in ends, for what is degraded may get no calls. It then is one failure from unhealthy.
 */
export function aged(condition: Condition, nowMs: number, rules: ConditionRules): Condition {
  const { state, untilMs } = condition
  if (untilMs === undefined || untilMs > nowMs) return condition
  if (state === "unhealthy") return aged(onTrial(condition, 0, untilMs, rules), nowMs, rules)
  const { untilMs: _, ...rest } = condition
  return {
    ...rest,
    state: "healthy",
    failures: rules.failuresToUnhealthy - 1,
    successes: 0,
    sinceMs: untilMs,
  }
}

function onTrial(condition: Condition, successes: number, nowMs: number, rules: ConditionRules): Condition {
  const { untilMs: _, ...rest } = condition
  const sinceMs = condition.state === "degraded" ? condition.sinceMs : nowMs
  return { ...rest, state: "degraded", failures: 0, successes, sinceMs, ...until(nowMs + rules.trialMs) }
}

/** Infinity is no plain data. */
const until = (atMs: number): Pick<Condition, "untilMs"> => (Number.isFinite(atMs) ? { untilMs: atMs } : {})
