import { readDuration } from "./duration.ts"
import { readHttpDate, readTimestamp } from "./http-date.ts"

/** 35 days: the longest wait that is believed, in milliseconds. No quota lasts longer than a month. */
export const longestWaitMs = 35 * 86_400_000

/** 2024-01-01: a bare number from here on is a date and not a duration (in seconds, and in milliseconds). */
const firstEpochSeconds = 1_704_067_200
const firstEpochMs = firstEpochSeconds * 1000

const bounded = (delayMs: number): number | undefined =>
  delayMs > longestWaitMs ? undefined : Math.max(0, Math.ceil(delayMs))

/** A number without sign, exponent or unit, or undefined for anything else. */
export const readPlainNumber = (value: string): number | undefined => {
  const text = value.trim()
  return text.length <= 32 && /^\d+(?:\.\d*)?$/.test(text) ? Number(text) : undefined
}

/** The milliseconds that a plain number of milliseconds names; more than {@link longestWaitMs} is not believed. */
export const readMilliseconds = (value: string): number | undefined => {
  const number = readPlainNumber(value)
  return number === undefined ? undefined : bounded(number)
}

/** The milliseconds until what Retry-After names: seconds or an HTTP date. Source: RFC 9110 §10.2.3. */
export const readSecondsOrDate = (value: string, dateMs: number): number | undefined => {
  const seconds = readPlainNumber(value)
  if (seconds !== undefined) return bounded(seconds * 1000)
  const untilMs = readHttpDate(value.trim(), dateMs)
  return untilMs === undefined ? undefined : bounded(untilMs - dateMs)
}

/**
 * The milliseconds until a rate limit's reset, in any of the ways providers write it: `6m0s`, seconds, seconds or
 * milliseconds since 1970, an RFC 3339 timestamp, an HTTP date. Undefined for anything else.
 */
export const readReset = (value: string, dateMs: number): number | undefined => {
  const number = readPlainNumber(value)
  if (number !== undefined) {
    if (number >= firstEpochMs) return bounded(number - dateMs)
    if (number >= firstEpochSeconds && number < 1e11) return bounded(number * 1000 - dateMs)
    return bounded(number * 1000)
  }
  const durationMs = readDuration(value)
  if (durationMs !== undefined) return bounded(durationMs)
  const untilMs = readTimestamp(value.trim()) ?? readHttpDate(value.trim(), dateMs)
  return untilMs === undefined ? undefined : bounded(untilMs - dateMs)
}
