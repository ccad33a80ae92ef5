import type { Verdict } from "@bellwether/core"

/** A target is unavailable. Plain data; times are monotonic milliseconds. */
export interface Away {
  readonly state: "away"
  readonly sinceMs: number
  /** When it was said to be back. */
  readonly untilMs: number | undefined
}

/** It has come back, and takes a growing share of the calls it would usually get. */
export interface Back {
  readonly state: "back"
  /** Since when it had been away. */
  readonly sinceMs: number
  readonly backMs: number
  /** When it has its whole share again. */
  readonly wholeMs: number
}

/** Where a target stands that is or was unavailable, as one router saw it. */
export type Absence = Away | Back

/**
 * Where the target stands after another look at it; nowhere if there is nothing to mind. One that goes again before
 * it has its whole share counts as away since it first went: a probe between two refusals ends no outage.
 *
 * @param rampMs how long the way back to its whole share takes, and never longer than it was away
 */
export function looked(
  before: Absence | undefined,
  verdict: Verdict,
  nowMs: number,
  rampMs: number,
): Absence | undefined {
  const known = before?.state === "back" && before.wholeMs <= nowMs ? undefined : before
  if (verdict.status === "unavailable")
    return { state: "away", sinceMs: known?.sinceMs ?? nowMs, untilMs: verdict.untilMs }
  if (known?.state !== "away") return known
  // Nobody may have looked since its time came.
  const backMs = Math.min(nowMs, known.untilMs ?? nowMs)
  const wholeMs = backMs + Math.min(rampMs, backMs - known.sinceMs)
  return wholeMs <= nowMs ? undefined : { state: "back", sinceMs: known.sinceMs, backMs, wholeMs }
}

/** What it takes at once. */
const firstShare = 0.1

/** The share of its calls that a target takes which has come back: from 0.1 up to 1. */
export function shareOf({ backMs, wholeMs }: Back, nowMs: number): number {
  const progress = (nowMs - backMs) / (wholeMs - backMs)
  return Math.min(1, firstShare + (1 - firstShare) * progress)
}
