import { durationMs, latencyMs, load } from "../stage/outcome.ts"
import type { Outcome } from "../stage/outcome.ts"

/** What an outage meant to callers and providers. */
export interface Measures {
  readonly answeredPercent: number
  /** How many of a hundred could have been answered, had everybody known everything. */
  readonly answerablePercent: number
  /** Attempts per call, over the whole play. */
  readonly load: number
  /** Attempts at each per call that was made during the outage. */
  readonly primaryLoad: number
  readonly backupLoad: number
  readonly firstContentMs: Spread
  readonly durationMs: Spread
  readonly overAMinutePercent: number
  /** Seconds from the end of the outage until the primary serves nine of ten calls, and goes on so. */
  readonly backAfterSeconds: number
  /** Calls that ended as if they were answered, but were not. */
  readonly cutShort: number
}

/** Of the answered calls. */
export interface Spread {
  readonly p50: number
  readonly p99: number
}

/** When something is out of order, in milliseconds. */
export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** @param answerable the share of the calls of the outage that somebody could answer */
export function measuresOf(outcomes: readonly Outcome[], outage: Span, answerable: number): Measures {
  const during = outcomes.filter(({ atMs }) => atMs >= outage.fromMs && atMs < outage.untilMs)
  const answered = outcomes.filter(({ isAnswered }) => isAnswered)
  return {
    answeredPercent: percent(answered.length, outcomes.length),
    answerablePercent: 100 - (1 - answerable) * percent(during.length, outcomes.length),
    load: load(outcomes),
    primaryLoad: loadOn(during, "primary"),
    backupLoad: loadOn(during, "backup"),
    firstContentMs: { p50: latencyMs(outcomes, 0.5), p99: latencyMs(outcomes, 0.99) },
    durationMs: { p50: durationMs(outcomes, 0.5), p99: durationMs(outcomes, 0.99) },
    overAMinutePercent: percent(
      outcomes.filter((outcome) => outcome.durationMs > 60_000).length,
      outcomes.length,
    ),
    backAfterSeconds: backAfterSeconds(outcomes, outage.untilMs),
    cutShort: outcomes.filter(({ isCutShort }) => isCutShort).length,
  }
}

const percent = (part: number, whole: number): number => (100 * part) / whole

const loadOn = (outcomes: readonly Outcome[], endpoint: string): number =>
  outcomes.reduce((sum, { attempts }) => sum + attempts.filter((id) => id === endpoint).length, 0) /
  outcomes.length

const windowSeconds = 10
const backShare = 0.9

/** The first second from which on the primary serves enough of the calls of any ten seconds. */
function backAfterSeconds(outcomes: readonly Outcome[], endMs: number): number {
  const seconds: { calls: number; back: number }[] = []
  for (const { atMs, isAnswered, attempts } of outcomes) {
    if (atMs < endMs) continue
    const second = (seconds[Math.floor((atMs - endMs) / 1_000)] ??= { calls: 0, back: 0 })
    second.calls++
    if (isAnswered && attempts.at(-1) === "primary") second.back++
  }
  const total = (from: number, of: "calls" | "back"): number =>
    seconds.slice(from, from + windowSeconds).reduce((sum, second) => sum + (second?.[of] ?? 0), 0)
  return 1 + seconds.findLastIndex((_, from) => total(from, "back") < backShare * total(from, "calls"))
}
