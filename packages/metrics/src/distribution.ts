/** Buckets per doubling: the middle of one is within 2 % of all that is in it. */
const perOctave = 18
const growth = 2 ** (1 / perOctave)
/** Doublings from it stand exactly at the end of a bucket, see {@link Distribution.countUpTo}. */
const anchor = 10
/** From 0.078 to 84 million: durations in milliseconds to 23 hours. What lies beyond counts as the outermost. */
const lowest = -7 * perOctave
const highest = 23 * perOctave
/** Room is made for so many buckets at a time. */
const chunk = 16

function bucketOf(value: number): number {
  if (value <= 0) return lowest
  return Math.min(Math.max(Math.ceil(Math.log2(value / anchor) * perOctave), lowest), highest)
}

/** The value that is equally far, in proportion, from both ends of a bucket. */
const middleOf = (bucket: number): number => (2 * anchor * 2 ** (bucket / perOctave)) / (growth + 1)

/**
 * How values are spread: in buckets that grow by the same factor, so that any percentile is known within 2 %. Constant
 * time per value, no more than 4 kB, and usually far less: only the part of the range that is used takes room. Can be
 * added to others, and knows exactly how many values are below 10, 20, 40, 80, …
 *
 * Source: Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees",
 * VLDB 2019; with buckets aligned to doublings, as the exponential histograms of OpenTelemetry are.
 */
export class Distribution {
  #counts = new Float64Array(0)
  /** The bucket of the first count. */
  #first = 0
  #count = 0
  #sum = 0
  #least = Infinity
  #most = 0

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  get mean(): number {
    return this.#sum / this.#count
  }

  get most(): number {
    return this.#most
  }

  record(value: number): void {
    const bucket = bucketOf(value)
    this.#reach(bucket, bucket)
    this.#put(bucket, 1)
    this.#count++
    this.#sum += value
    if (value < this.#least) this.#least = value
    if (value > this.#most) this.#most = value
  }

  /** Takes in all that another one holds. */
  add(other: Distribution): void {
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
   * @returns NaN while there are none
   */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    const place = this.#counts.findIndex((count) => (seen += count) >= rank)
    if (place === -1) return Number.NaN
    return Math.min(Math.max(middleOf(this.#first + place), this.#least), this.#most)
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
