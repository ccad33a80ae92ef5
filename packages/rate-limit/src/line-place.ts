import type { Call, Clock, Context, Place, Timer } from "@bellwether/core"
import type { Cost } from "./cost.ts"
import type { Permit } from "./flow.ts"
import type { Waiting } from "./line.ts"

/** A wait that cannot end in time. */
export const inVain: Place = { turn: Promise.resolve(false), leave() {} }

/** What a place in line is made of. */
export interface LinePlaceOptions extends Waiting {
  readonly clock: Pick<Clock, "after">
  /** Milliseconds after which the wait is in vain. */
  readonly patienceMs: number
  /** They are over: the last moment to call the place. */
  readonly onLate: () => void
  /** The place is given up: it was left, or its time is over. Not told of one whose turn was used. */
  readonly onLeft: (place: LinePlace) => void
}

/** The place of one call in line: it waits, is called, and its turn is used; or it is left on the way. */
export class LinePlace implements Place, Waiting {
  readonly turn: Promise<boolean>
  readonly call: Call
  readonly rank: number
  readonly sinceMs: number
  readonly cost: Cost
  /** What is held for the call, once its turn has come. */
  permit: Permit | undefined
  readonly #signal: AbortSignal
  readonly #patience: Timer
  readonly #onLeft: (place: LinePlace) => void
  #settle: (isTurn: boolean) => void = () => {}
  #isOver = false

  constructor({ call, signal }: Context, options: LinePlaceOptions) {
    this.call = call
    this.rank = options.rank
    this.sinceMs = options.sinceMs
    this.cost = options.cost
    this.#onLeft = options.onLeft
    this.turn = new Promise((settle) => {
      this.#settle = settle
    })
    this.#patience = options.clock.after(options.patienceMs, () => {
      options.onLate()
      if (this.permit === undefined) this.leave()
    })
    this.#signal = signal
    signal.addEventListener("abort", this.leave, { once: true })
  }

  /** Whether its turn was used, or never will be. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The turn has come. */
  grant(permit: Permit): void {
    this.permit = permit
    this.#patience.cancel()
    this.#settle(true)
  }

  /** The turn is used: from now on somebody else minds the permit. */
  use(): void {
    this.#end()
  }

  readonly leave = (): void => {
    if (this.#isOver) return
    this.#end()
    this.#settle(false)
    this.#onLeft(this)
  }

  #end(): void {
    this.#isOver = true
    this.#patience.cancel()
    this.#signal.removeEventListener("abort", this.leave)
  }
}
