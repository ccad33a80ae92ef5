import { longestDelayMs } from "./backoff.ts"
import type { Chance } from "./backoff.ts"
import { between } from "./range.ts"

/**
 * A delay for a hint such as Retry-After: never before the hint (RFC 9110 §10.2.3 makes it a lower bound), and
 * spread over the next 20 %, at least 100 ms, so that all who got the same hint do not return at the same moment.
 *
 * @param hintMs milliseconds; what is no number or negative counts as 0
 * @returns milliseconds, from the hint up to the longest delay a timer can wait for
 */
export const jittered = (hintMs: number, random: Chance): number => {
  const earliestMs = hintMs > 0 ? Math.min(hintMs, longestDelayMs) : 0
  return Math.min(longestDelayMs, between(earliestMs, earliestMs + Math.max(100, earliestMs * 0.2), random))
}
