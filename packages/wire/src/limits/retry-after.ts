import type { HeaderReader } from "./header-reader.ts"
import { type RateLimit, readRateLimits } from "./rate-limits.ts"
import { readMilliseconds, readSecondsOrDate } from "./reset-time.ts"

const longest = (resets: readonly (number | undefined)[]): number | undefined => {
  const known = resets.filter((resetMs) => resetMs !== undefined)
  return known.length > 0 ? Math.max(...known) : undefined
}

const spent = (limit: RateLimit | undefined): number | undefined =>
  limit?.remaining === 0 ? limit.resetMs : undefined

/** What `retry-after-ms`, `x-ms-retry-after-ms` and `Retry-After` say, in milliseconds, the first readable one. */
export const readRetryAfterHeader = (headers: HeaderReader, dateMs: number): number | undefined => {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const delayMs = readMilliseconds(headers.get(name) ?? "")
    if (delayMs !== undefined) return delayMs
  }
  return readSecondsOrDate(headers.get("retry-after") ?? "", dateMs)
}

/**
 * The time, in milliseconds from now, before which the provider does not want to be asked again. It comes from
 * `retry-after-ms`, `x-ms-retry-after-ms` or `Retry-After` (seconds or an HTTP date), else from the reset of a rate
 * limit of which nothing is left; on a 429, from the soonest reset even if something is left.
 *
 * Never negative; a date that has passed is 0. Undefined when the headers say nothing readable, or more than 35 days.
 *
 * @param dateMs - the wall time now
 * @param status - the response's status
 */
export const readRetryAfter = (
  headers: HeaderReader,
  dateMs: number,
  status?: number,
): number | undefined => {
  const delayMs = readRetryAfterHeader(headers, dateMs)
  if (delayMs !== undefined) return delayMs
  const limits = readRateLimits(headers, dateMs)
  if (!limits) return undefined
  const spentMs = longest([spent(limits.requests), spent(limits.tokens)])
  if (spentMs !== undefined || status !== 429) return spentMs
  const resets = [limits.requests?.resetMs, limits.tokens?.resetMs].filter((resetMs) => resetMs !== undefined)
  return resets.length > 0 ? Math.min(...resets) : undefined
}
