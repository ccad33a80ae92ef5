import type { Backoff, BackoffOptions } from "./backoff.ts"
import { between, rangeOf, refuseUnless } from "./range.ts"

/** How an exponential backoff grows. */
export interface ExponentialOptions extends BackoffOptions {
  /**
   * What each delay is multiplied with to get the next one.
   * @default 2
   */
  readonly factor?: number
}

/** Knows the delay before any jitter. */
type Growth = (attempt: number) => number

const growth = ({ factor = 2, ...options }: ExponentialOptions): Growth => {
  const { baseMs, capMs } = rangeOf(options)
  refuseUnless(factor >= 1, `factor must be a number of at least 1, not ${factor}.`)
  return (attempt) => {
    const repeatsBefore = attempt > 1 ? attempt - 1 : 0
    // The power may be infinite, and infinity times a base of 0 is no number.
    return Math.min(capMs, baseMs * Math.min(Number.MAX_VALUE, factor ** repeatsBefore))
  }
}

/**
 * `min(cap, base·factorⁿ)`, without jitter: clients that failed together return together. For a single client,
 * and to compare with.
 */
export const exponential = (options: ExponentialOptions = {}): Backoff => growth(options)

/**
 * `U(0, min(cap, base·factorⁿ))`: the fewest clients at once, and some of them back immediately.
 *
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export const fullJitter = (options: ExponentialOptions = {}): Backoff => {
  const grown = growth(options)
  return (attempt, _previousMs, random) => between(0, grown(attempt), random)
}

/**
 * `c/2 + U(0, c/2)` with `c = min(cap, base·factorⁿ)`: never less than half of what was meant.
 *
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export const equalJitter = (options: ExponentialOptions = {}): Backoff => {
  const grown = growth(options)
  return (attempt, _previousMs, random) => {
    const meantMs = grown(attempt)
    return between(meantMs / 2, meantMs, random)
  }
}
