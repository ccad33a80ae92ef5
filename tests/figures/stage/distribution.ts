import type { Chance } from "@bellwether/backoff"

/** Draws a duration in milliseconds. */
export type Distribution = (chance: Chance) => number

/** Memoryless: the gaps between independent arrivals. */
export const exponentially =
  (meanMs: number): Distribution =>
  (chance) =>
    -meanMs * Math.log(1 - chance.next())

/** Cut at 0. */
export const normally =
  (meanMs: number, deviationMs: number): Distribution =>
  (chance) =>
    Math.max(0, meanMs + deviationMs * standardNormal(chance))

/** How answers of models are spread: a long tail above the median. */
export const logNormally =
  (medianMs: number, sigma: number): Distribution =>
  (chance) =>
    medianMs * Math.exp(sigma * standardNormal(chance))

/** Source: Box, Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
function standardNormal(chance: Chance): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance.next()))
  return radius * Math.cos(2 * Math.PI * chance.next())
}
