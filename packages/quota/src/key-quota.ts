import type { Alarm } from "./alarm.ts"
import type { QuotaReading } from "./reading.ts"

/** What is known of the quota of one key. Plain data; times are wall milliseconds. */
export interface KeyQuota {
  /** The last one that came. */
  readonly reading?: QuotaReading
  readonly checkedAtMs?: number
  /** How often in a row nothing came since. */
  readonly failures: number
  /** Why, the last time. */
  readonly error?: string
  readonly alarm: Alarm
}

export const unknownQuota: KeyQuota = { failures: 0, alarm: "fine" }

/** For how long a key is out of use because nothing is left. */
export interface KeyPark {
  /** Absent when nobody knows. */
  readonly untilMs?: number
}

/**
 * Whether the key is to be left alone: nothing is left, the reset has not come, or, where none is known, the reading is
 * not older than can be trusted.
 */
export function parkOf(
  { reading, checkedAtMs = 0 }: KeyQuota,
  trustMs: number,
  dateMs: number,
): KeyPark | undefined {
  if (reading?.left === undefined || reading.left > 0) return undefined
  const { resetAtMs } = reading
  if (resetAtMs !== undefined) return dateMs < resetAtMs ? { untilMs: resetAtMs } : undefined
  return dateMs < checkedAtMs + trustMs ? {} : undefined
}

/** When to ask again, in milliseconds: twice as long with every failure, and not before the reset where nothing is left. */
export function pauseMs(
  { reading, failures }: KeyQuota,
  { intervalMs, longestMs }: { readonly intervalMs: number; readonly longestMs: number },
  dateMs: number,
): number {
  const pace = Math.min(intervalMs * 2 ** Math.min(failures, 30), Math.max(longestMs, intervalMs))
  const resetMs = reading?.resetAtMs === undefined ? Infinity : reading.resetAtMs - dateMs
  return resetMs > 0 ? Math.min(pace, resetMs) : pace
}
