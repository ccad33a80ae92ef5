import { bucketOf, middleOf } from "./buckets.ts"

/** What a histogram says of the values in it. Mean and max are exact, percentiles within 2 %. */
export interface Summary {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Room is made for so many buckets at a time. */
const chunk = 16

/**
 * How values are spread: in buckets that grow by the same factor, so that any percentile is known within 2 %. Constant
 * time per value, no more than 4 kB, and usually far less: only the part of the range that is used takes room. Can be
 * added to others, and knows exactly how many values are no greater than 10, 20, 40, 80, …
 *
 * Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
 * VLDB 2019; with a fixed range, and buckets aligned to doublings, as the exponential histograms of OpenTelemetry are.
 */
export class Histogram {
  #counts = new Float64Array(0)
  /** The bucket of the first count. */
  #first = 0
  #count = 0
  #sum = 0
  #least = Infinity
  #most = -Infinity

  /** How many values there are. */
  get count(): number {
    return this.#count
  }

  /** All values together. */
  get sum(): number {
    return this.#sum
  }

  record(value: number): void {
    this.#put(bucketOf(value), 1)
    this.#count++
    this.#sum += value
    if (value < this.#least) this.#least = value
    if (value > this.#most) this.#most = value
  }

  /** Takes in all that another one holds. */
  add(other: Histogram): void {
    if (other.#count === 0) return
    this.#reach(other.#first, other.#first + other.#counts.length - 1)
    for (let place = 0; place < other.#counts.length; place++)
      this.#put(other.#first + place, other.#counts[place] ?? 0)
    this.#count += other.#count
    this.#sum += other.#sum
    this.#least = Math.min(this.#least, other.#least)
    this.#most = Math.max(this.#most, other.#most)
  }

  /**
   * The value that so large a share of all does not exceed (nearest rank), within 2 %.
   *
   * @param share from 0 to 1
   * @returns `undefined` while there are none
   */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    const place = this.#counts.findIndex((count) => (seen += count) >= rank)
    return Math.min(Math.max(middleOf(this.#first + place), this.#least), this.#most)
  }

  /** `undefined` while there are no values. */
  summary(): Summary | undefined {
    const [p50, p95, p99] = [this.quantile(0.5), this.quantile(0.95), this.quantile(0.99)]
    if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined
    return { mean: this.#sum / this.#count, p50, p95, p99, max: this.#most }
  }

  /**
   * How many values are no greater than a bound.
   *
   * @param bound exact for 10 · 2ⁿ, within 4 % elsewhere
   */
  countUpTo(bound: number): number {
    const end = bucketOf(bound) - this.#first + 1
    let sum = 0
    for (let place = 0; place < end; place++) sum += this.#counts[place] ?? 0
    return sum
  }

  #put(bucket: number, count: number): void {
    this.#reach(bucket, bucket)
    const place = bucket - this.#first
    this.#counts[place] = (this.#counts[place] ?? 0) + count
  }

  /** Makes room for these buckets and all between. */
  #reach(from: number, to: number): void {
    const end = this.#first + this.#counts.length
    if (from >= this.#first && to < end) return
    const isEmpty = this.#counts.length === 0
    const first = chunk * Math.floor((isEmpty ? from : Math.min(from, this.#first)) / chunk)
    const last = isEmpty ? to + 1 : Math.max(to + 1, end)
    const counts = new Float64Array(chunk * Math.ceil((last - first) / chunk))
    counts.set(this.#counts, isEmpty ? 0 : this.#first - first)
    this.#counts = counts
    this.#first = first
  }
}
