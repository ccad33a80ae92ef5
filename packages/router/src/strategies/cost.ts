import { freshness } from "./latency.ts"
import type { Latency } from "./latency.ts"

/** How slow a target is thought to be of which nothing is known. */
const strangerMs = 30_000
/** However fast it is, two calls are more than one. */
const shortestMs = 1

/**
 * What one more call costs at a target: the time to its first content times the calls that share it.
 *
 * An idle target's latency fades with time, so that a slow or unknown one is tried again; once it is busy what was
 * learned of it counts in full, so that a single call tries it and not all that come before the answer does.
 *
 * @param known nothing is like something learned long ago
 */
export function costOf(known: Latency | undefined, inFlight: number, weight: number, nowMs: number): number {
  const latencyMs = Math.max(known?.ms ?? strangerMs, shortestMs)
  if (inFlight > 0) return (latencyMs * (inFlight + 1)) / weight
  return known === undefined ? 0 : (latencyMs * freshness(known, nowMs)) / weight
}
