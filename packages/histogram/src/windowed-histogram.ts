import { Histogram } from "./histogram.ts"

/** What was recorded in one slice of the window. */
interface Slice {
  /** Which slice of time it is, counted from 0. */
  readonly number: number
  readonly histogram: Histogram
}

/** The window is as fine as this: it forgets a tenth at a time. */
const slicesPerWindow = 10

/**
 * A histogram of the recent past: what is older than the window is forgotten, a tenth of it at a time. Constant time
 * per value, bounded memory, and no timer: the caller says what time it is.
 */
export class WindowedHistogram {
  readonly #sliceMs: number
  /** Newest last. Slices in which nothing was recorded are left out. */
  #slices: readonly Slice[] = []
  /** All slices together. */
  #all = new Histogram()

  /** @param windowMs milliseconds a value is remembered */
  constructor(windowMs: number) {
    this.#sliceMs = windowMs / slicesPerWindow
  }

  /** @param nowMs monotonic milliseconds */
  record(value: number, nowMs: number): void {
    this.#sliceAt(nowMs).histogram.record(value)
    this.#all.record(value)
  }

  /** How many values the window holds. */
  count(nowMs: number): number {
    return this.#held(nowMs).count
  }

  /**
   * The value that so large a share of those in the window does not exceed, within 2 %.
   *
   * @param share from 0 to 1
   * @returns `undefined` while there are none
   */
  quantile(share: number, nowMs: number): number | undefined {
    return this.#held(nowMs).quantile(share)
  }

  /** What comes a little late is counted with the newest. */
  #sliceAt(nowMs: number): Slice {
    this.#held(nowMs)
    const newest = this.#slices.at(-1)
    const number = this.#numberAt(nowMs)
    if (newest !== undefined && number <= newest.number) return newest
    const slice: Slice = { number, histogram: new Histogram() }
    this.#slices = [...this.#slices, slice]
    return slice
  }

  /** What is left when the slices whose time is over are taken out. */
  #held(nowMs: number): Histogram {
    const oldest = this.#numberAt(nowMs) - slicesPerWindow + 1
    if (this.#slices[0] === undefined || this.#slices[0].number >= oldest) return this.#all
    this.#slices = this.#slices.filter(({ number }) => number >= oldest)
    this.#all = new Histogram()
    for (const { histogram } of this.#slices) this.#all.add(histogram)
    return this.#all
  }

  #numberAt(nowMs: number): number {
    return Math.floor(nowMs / this.#sliceMs)
  }
}
