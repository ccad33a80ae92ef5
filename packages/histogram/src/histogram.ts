import { bucketCount, bucketOf, quantileOf } from "./buckets.ts"

/** What a histogram says of the durations in it, in milliseconds. Percentiles are within 2 % of the exact value. */
export interface Durations {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/**
 * Durations in buckets that grow by the same factor, so that any percentile is known within 2 %, in constant time
 * per duration and constant memory (4 kB).
 *
 * Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
 * VLDB 2019; with a fixed range instead of collapsing buckets.
 */
export class Histogram {
  readonly #counts = new Float64Array(bucketCount)
  #count = 0
  #sumMs = 0
  #leastMs = Infinity
  #mostMs = 0

  record(ms: number): void {
    const bucket = bucketOf(ms)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count++
    this.#sumMs += ms
    this.#leastMs = Math.min(this.#leastMs, ms)
    this.#mostMs = Math.max(this.#mostMs, ms)
  }

  reset(): void {
    this.#counts.fill(0)
    this.#count = 0
    this.#sumMs = 0
    this.#leastMs = Infinity
    this.#mostMs = 0
  }

  /**
   * The duration that so large a share of all does not exceed (nearest rank).
   *
   * @param share from 0 to 1
   * @returns milliseconds; `undefined` while there are none
   */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    const ms = quantileOf(this.#counts, this.#count, share)
    return Math.min(Math.max(ms, this.#leastMs), this.#mostMs)
  }

  /** `undefined` while there are none. */
  summary(): Durations | undefined {
    const [p50, p95, p99] = [this.quantile(0.5), this.quantile(0.95), this.quantile(0.99)]
    if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined
    return { mean: this.#sumMs / this.#count, p50, p95, p99, max: this.#mostMs }
  }
}
