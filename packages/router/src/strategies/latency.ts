/** How long a target takes to its first content, as far as it is known. Plain data; times are monotonic. */
export interface Latency {
  readonly ms: number
  /** When it was learned. */
  readonly atMs: number
}

/** How a sample changes what is known. */
export type Learn = (known: Latency | undefined, sampleMs: number, nowMs: number) => Latency

/** After so many milliseconds what was learned counts for 1/e. */
export const tauMs = 30_000

/** How much of what was learned at a moment still counts, from 1 down to 0. */
export const freshness = ({ atMs }: Latency, nowMs: number): number => Math.exp((atMs - nowMs) / tauMs)

/** The average over time: the newer a sample, the more it counts. */
export const averaged: Learn = (known, sampleMs, nowMs) => {
  if (known === undefined) return { ms: sampleMs, atMs: nowMs }
  const kept = freshness(known, nowMs)
  return { ms: known.ms * kept + sampleMs * (1 - kept), atMs: nowMs }
}

/**
 * The same, but a slower answer than all before counts at once and in full: peak EWMA, as in Twitter's Finagle
 * (`com.twitter.finagle.loadbalancer.PeakEwma`).
 */
export const peaked: Learn = (known, sampleMs, nowMs) =>
  known !== undefined && sampleMs > known.ms
    ? { ms: sampleMs, atMs: nowMs }
    : averaged(known, sampleMs, nowMs)

/** A failure counts as an answer that took so many times as long as is usual. */
const penaltyFactor = 4
const shortestPenaltyMs = 1_000
const longestPenaltyMs = 60_000

/**
 * After a failure. By its duration alone a target that fails at once would look fast and idle and draw all calls
 * (a "sink-hole"); as a multiple one failure weighs little, and several in a row soon weigh a minute.
 */
export function penalised(known: Latency | undefined, tookMs: number, nowMs: number): Latency {
  const penaltyMs = Math.max(shortestPenaltyMs, penaltyFactor * (known?.ms ?? 0))
  return { ms: Math.max(tookMs, Math.min(penaltyMs, longestPenaltyMs)), atMs: nowMs }
}
