import { Ledger } from "./ledger.ts"

/** Milliseconds that one ledger is kept for; then a new one is begun. */
export const sliceMs = 15_000
/** Milliseconds that can be looked back. */
export const longestWindowMs = 300_000
const slices = longestWindowMs / sliceMs + 1

interface Slice {
  /** Which slice of time it is, counted from the clock's 0. */
  readonly number: number
  readonly ledger: Ledger
}

/**
 * The ledgers of the recent past, and one for all that is older. What is counted is counted once, in the newest; a
 * window is the sum of some of them. Without a timer: whoever counts says what time it is.
 */
export class Ledgers {
  #older = new Ledger()
  /** Newest last. Slices in which nothing was counted are left out. */
  #recent: Slice[] = []
  #newest: Slice | undefined

  /**
   * The ledger to count in.
   *
   * @param nowMs monotonic milliseconds
   */
  at(nowMs: number): Ledger {
    const number = Math.floor(nowMs / sliceMs)
    if (this.#newest !== undefined && number <= this.#newest.number) return this.#newest.ledger
    for (const slice of this.#recent) if (slice.number <= number - slices) this.#older.add(slice.ledger)
    this.#recent = this.#recent.filter((slice) => slice.number > number - slices)
    const slice: Slice = { number, ledger: new Ledger() }
    this.#newest = slice
    this.#recent.push(slice)
    return slice.ledger
  }

  /** All of it together. */
  total(): Ledger {
    return sumOf([this.#older, ...this.#recent.map(({ ledger }) => ledger)])
  }

  /** What was counted since a time, which is the begin of a slice no longer ago than {@link longestWindowMs}. */
  since(beginMs: number): Ledger {
    return sumOf(this.#recent.filter(({ number }) => number * sliceMs >= beginMs).map(({ ledger }) => ledger))
  }

  reset(): void {
    this.#older = new Ledger()
    this.#recent = []
    this.#newest = undefined
  }
}

function sumOf(ledgers: readonly Ledger[]): Ledger {
  const sum = new Ledger()
  for (const ledger of ledgers) sum.add(ledger)
  return sum
}
