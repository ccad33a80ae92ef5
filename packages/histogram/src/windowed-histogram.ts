import { bucketCount, bucketOf, quantileOf } from "./buckets.ts"

/** What was recorded in one slice of the window. */
interface Slice {
  readonly counts: Uint32Array
  count: number
}

/** The window is as fine as this: it forgets a tenth at a time. */
const slicesPerWindow = 10

/**
 * A histogram of the recent past: what is older than the window is forgotten, a tenth of it at a time. Constant time
 * per duration, fixed memory (25 kB), and no timer: the caller says what time it is.
 */
export class WindowedHistogram {
  readonly #sliceMs: number
  /** A ring: the slice of a time is found by its number. */
  readonly #slices: readonly Slice[] = Array.from({ length: slicesPerWindow }, () => ({
    counts: new Uint32Array(bucketCount),
    count: 0,
  }))
  /** All slices together. */
  readonly #counts = new Float64Array(bucketCount)
  #count = 0
  #newest = -1

  /** @param windowMs milliseconds a duration is remembered */
  constructor(windowMs: number) {
    this.#sliceMs = windowMs / slicesPerWindow
  }

  /** @param nowMs monotonic milliseconds, from 0 */
  record(ms: number, nowMs: number): void {
    this.#forget(nowMs)
    const slice = this.#slice(this.#newest)
    const bucket = bucketOf(ms)
    slice.counts[bucket] = (slice.counts[bucket] ?? 0) + 1
    slice.count++
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count++
  }

  /** How many durations the window holds. */
  count(nowMs: number): number {
    this.#forget(nowMs)
    return this.#count
  }

  /**
   * The duration that so large a share of those in the window does not exceed, within 2 %.
   *
   * @param share from 0 to 1
   * @returns milliseconds; `undefined` while there are none
   */
  quantile(share: number, nowMs: number): number | undefined {
    this.#forget(nowMs)
    return this.#count === 0 ? undefined : quantileOf(this.#counts, this.#count, share)
  }

  /** Makes room for the present: takes out the slices whose time is over. */
  #forget(nowMs: number): void {
    const newest = Math.floor(nowMs / this.#sliceMs)
    if (newest <= this.#newest) return
    const oldest = Math.max(this.#newest + 1, newest - slicesPerWindow + 1)
    for (let number = oldest; number <= newest; number++) this.#clear(this.#slice(number))
    this.#newest = newest
  }

  #clear(slice: Slice): void {
    if (slice.count === 0) return
    for (const [bucket, count] of slice.counts.entries())
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) - count
    this.#count -= slice.count
    slice.counts.fill(0)
    slice.count = 0
  }

  #slice(number: number): Slice {
    const slice = this.#slices[number % slicesPerWindow]
    if (slice === undefined) throw new RangeError("The time must be a number of milliseconds from 0.")
    return slice
  }
}
