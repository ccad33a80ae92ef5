import type { Backoff, BackoffOptions } from "./backoff.ts"
import { between, rangeOf } from "./range.ts"

/**
 * `U(base, min(cap, 3·previous))`: grows with what was drawn instead of with the count, so clients that failed
 * together soon have nothing in common. The default of Bellwether.
 *
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015, which caps the drawn delay. Here
 * the range is capped: with the original, one in three clients ends up with exactly the cap, a herd again.
 */
export const decorrelatedJitter = (options: BackoffOptions = {}): Backoff => {
  const { baseMs, capMs } = rangeOf(options)
  return (_attempt, previousMs, random) => {
    const highMs = previousMs > baseMs ? Math.min(capMs, previousMs * 3) : Math.min(capMs, baseMs * 3)
    return between(baseMs, highMs, random)
  }
}
