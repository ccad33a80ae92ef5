import { refilled } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"

/** A rate that was found out, of a provider that tells none. Plain data; times are monotonic milliseconds. */
export interface Pace {
  readonly bucket: Bucket
  /** Requests per millisecond at which it was throttled. */
  readonly throttledPerMs: number
  readonly raisedAtMs: number
}

const shareLeft = 0.7
/** It is back where it was throttled after so many successes, and no sooner than this. */
const successesBack = 30
const backMs = 30_000
/** At so many times the rate it was throttled at there is none any more. */
const forgottenAt = 2

/**
 * After a throttle: 0.7 of the pace, or of what the provider has really taken if that was less, as in the adaptive mode
 * of the AWS SDKs.
 *
 * @param measuredPerMs requests per millisecond taken while there was a line; `undefined` when nobody knows
 */
export function slowed(
  before: Pace | undefined,
  measuredPerMs: number | undefined,
  nowMs: number,
): Pace | undefined {
  const throttledPerMs = Math.min(before?.bucket.perMs ?? Infinity, measuredPerMs ?? Infinity)
  if (throttledPerMs === Infinity) return undefined
  const perMs = throttledPerMs * shareLeft
  return {
    bucket: { of: "requests", capacity: 1, level: 1, atMs: nowMs, perMs },
    throttledPerMs,
    raisedAtMs: nowMs,
  }
}

/** After a success in spite of a line: a little faster. Far above where it was throttled it is forgotten. */
export function hastened(pace: Pace, nowMs: number): Pace | undefined {
  const { bucket, throttledPerMs, raisedAtMs } = pace
  const step = Math.min(1 / successesBack, (nowMs - raisedAtMs) / backMs)
  const perMs = bucket.perMs + (1 - shareLeft) * throttledPerMs * step
  if (perMs > throttledPerMs * forgottenAt) return undefined
  return { bucket: { ...refilled(bucket, nowMs), perMs }, throttledPerMs, raisedAtMs: nowMs }
}
