import type { Cost } from "./cost.ts"

/** What a provider still takes of requests or of tokens. Plain data; times are monotonic milliseconds. */
export interface Bucket {
  /** What it holds. */
  readonly of: keyof Cost
  readonly capacity: number
  /** Below 0 when more was taken than had been foreseen. */
  readonly level: number
  readonly atMs: number
  /** How much comes in per millisecond. */
  readonly perMs: number
  /** Of a limit that is counted anew from time to time: when it is the next time, and how often. */
  readonly renewal?: { readonly atMs: number; readonly everyMs: number }
}

/** The bucket as time has left it. */
export function refilled(bucket: Bucket, nowMs: number): Bucket {
  const { capacity, level, atMs, perMs, renewal } = bucket
  if (renewal !== undefined && renewal.atMs <= nowMs) {
    const missed = Math.floor((nowMs - renewal.atMs) / renewal.everyMs)
    const next = { ...renewal, atMs: renewal.atMs + (missed + 1) * renewal.everyMs }
    return { ...bucket, level: capacity, atMs: nowMs, renewal: next }
  }
  return { ...bucket, level: Math.min(capacity, level + (nowMs - atMs) * perMs), atMs: nowMs }
}

/** Takes so much out; a negative amount puts it back. */
export function drained(bucket: Bucket, amount: number, nowMs: number): Bucket {
  const now = refilled(bucket, nowMs)
  return { ...now, level: Math.min(now.capacity, now.level - amount) }
}

/** What a bucket may lack after the very wait that was to fill it. */
const roundingError = 1e-6

/** When so much will have come in, however much that is. */
export function comesInAtMs(bucket: Bucket, amount: number, nowMs: number): number {
  const { capacity, level, perMs, renewal } = refilled(bucket, nowMs)
  const missing = amount - level
  if (missing <= roundingError) return nowMs
  if (renewal === undefined) return nowMs + missing / perMs
  return renewal.atMs + Math.max(0, Math.ceil(amount / capacity) - 1) * renewal.everyMs
}

/** When so much can be taken. What is more than it ever holds may be taken when it is full, or it never could. */
export const holdsAtMs = (bucket: Bucket, amount: number, nowMs: number): number =>
  comesInAtMs(bucket, Math.min(amount, bucket.capacity), nowMs)

/** Of a limit so much is used steadily; the rest is for calls that come at once. */
export const steadyShare = 0.95

const minuteMs = 60_000

/**
 * A limit somebody knows of. 95 % of it as a steady rate and 5 % at once: no minute sees more than the limit, whatever
 * minutes the provider counts in.
 */
export const minutely = (of: keyof Cost, perMinute: number, nowMs: number): Bucket => {
  const capacity = Math.max(1, perMinute * (1 - steadyShare))
  return { of, capacity, level: capacity, atMs: nowMs, perMs: (perMinute * steadyShare) / minuteMs }
}
