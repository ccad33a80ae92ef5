/** So many hedges may be saved up, and no more be made at once. */
const mostSaved = 10

/** What calls have brought in and hedges have not used. Plain data that is changed in place. */
export interface Savings {
  calls: number
}

/**
 * How many hedges may be made: a share of the calls there were. Nothing is given in advance, so that they never are
 * more than that share, whatever the providers do. Counted in calls: each brings in one, a hedge costs what the share
 * says.
 */
export class Allowance {
  readonly #price: number
  readonly #saved: Savings

  /** @param maxExtra hedges per call, above 0 and up to 1 */
  constructor(maxExtra: number, saved: Savings = { calls: 0 }) {
    this.#price = 1 / maxExtra
    this.#saved = saved
  }

  /** How many hedges could be made now. */
  get left(): number {
    return Math.floor(this.#saved.calls / this.#price)
  }

  /** There was a call that could have been hedged. */
  earn(): void {
    this.#add(1)
  }

  /** `false` when there is no hedge left. Never waits. */
  spend(): boolean {
    if (this.left < 1) return false
    this.#saved.calls -= this.#price
    return true
  }

  /** The hedge was not made. */
  giveBack(): void {
    this.#add(this.#price)
  }

  #add(calls: number): void {
    this.#saved.calls = Math.min(this.#saved.calls + calls, this.#price * mostSaved)
  }
}
