import type { Frame } from "./frame.ts"

/** An amount that is set aside for something under way. */
export interface Reservation {
  /**
   * Replaces what was set aside by what was used in fact; what can not be counted leaves it as it was set aside. Only
   * the first word counts; it counts also when the lease is over.
   */
  settle(used: number): void
}

/** What of an amount would not fit, and when it will. */
export interface Shortage {
  readonly used: number
  /** Of that, set aside for what is under way: it may come back any time. */
  readonly held: number
  /** Wall milliseconds; absent where what is under way decides, or where it never fits. */
  readonly untilMs?: number
}

interface Slot {
  settled: number
  held: number
  /** What of the settled the fleet has been told. */
  told: number
  /** What the whole fleet has settled, as far as it was heard. */
  sum: number
  /** What others of it have settled. */
  others: number
}

/** What something under way will use. */
export interface Claim {
  /** At most, as far as can be known before. */
  readonly amount: number
  /** What of it is sure already, however it ends; asked when it takes longer than a lease. */
  readonly certain: () => number
}

interface Hold extends Claim {
  readonly slot: number
  amount: number
  readonly untilMs: number
}

/** A million dollars, or a million of billions of tokens: nothing is larger, and sums of a few are exact still. */
const largest = 1e15

/** What can be added up and taken off again, whatever somebody has told. */
const sound = (amount: number, otherwise: number): number =>
  amount >= 0 ? Math.min(amount, largest) : otherwise

/**
 * What one budget has spent on one subject: settled and set aside. All of it belongs to the slot in which it was set
 * aside. Of a reservation that is not settled in time only what is certain stays set aside, so whoever dies between the
 * two leaks nothing, and whoever only takes long gets nothing for free.
 */
export class Account {
  readonly #frame: Frame
  readonly #leaseMs: number
  readonly #slots = new Map<number, Slot>()
  /** The oldest stands first, and expires first. */
  readonly #holds = new Set<Hold>()
  #used = 0
  #held = 0
  #soonestGoneMs = Infinity

  constructor(frame: Frame, leaseMs: number) {
    this.#frame = frame
    this.#leaseMs = leaseMs
  }

  /** Settled and set aside, together. */
  used(dateMs: number): number {
    this.#tidy(dateMs)
    return this.#used
  }

  /** Set aside alone. */
  held(dateMs: number): number {
    this.#tidy(dateMs)
    return this.#held
  }

  /** When the first of it will be forgotten, in wall milliseconds; `undefined` when there is nothing. */
  backMs(dateMs: number): number | undefined {
    this.#tidy(dateMs)
    return Number.isFinite(this.#soonestGoneMs) ? this.#soonestGoneMs : undefined
  }

  /** Whether nothing would be lost with it. */
  isEmpty(dateMs: number): boolean {
    this.#tidy(dateMs)
    return this.#slots.size === 0 && this.#holds.size === 0
  }

  /** Why an amount does not fit under the limit; `undefined` when it does. */
  shortage(amount: number, limit: number, dateMs: number): Shortage | undefined {
    const used = this.used(dateMs)
    if (used + amount <= limit) return undefined
    const shortage = { used, held: this.#held }
    if (amount > limit || used - this.#held + amount <= limit) return shortage
    return { ...shortage, untilMs: this.#roomMs(amount, limit) }
  }

  /** Sets an amount aside, whether it fits or not. */
  reserve({ amount, certain }: Claim, dateMs: number): Reservation {
    this.#tidy(dateMs)
    const slot = this.#frame.slotOf(dateMs)
    const hold: Hold = { slot, amount: 0, certain, untilMs: dateMs + this.#leaseMs }
    const claimed = sound(amount, 0)
    this.#slotAt(slot)
    this.#holds.add(hold)
    this.#hold(hold, claimed)
    let isSettled = false
    return {
      settle: (told) => {
        if (isSettled) return
        isSettled = true
        this.#holds.delete(hold)
        this.#hold(hold, 0)
        const entry = this.#slots.get(slot)
        if (entry === undefined) return
        const used = sound(told, claimed)
        entry.settled += used
        this.#used += used
      },
    }
  }

  /** What the fleet has not been told, by slot. */
  untold(): readonly (readonly [slot: number, amount: number])[] {
    return [...this.#slots]
      .map(([at, { settled, told }]) => [at, settled - told] as const)
      .filter(([, amount]) => amount !== 0)
  }

  /** The fleet is told of so much more. */
  told(at: number, amount: number): void {
    const slot = this.#slots.get(at)
    if (slot !== undefined) slot.told += amount
  }

  /** Takes in what the whole fleet has settled in a slot. */
  hear(at: number, sum: number, dateMs: number): void {
    this.#tidy(dateMs)
    if (this.#frame.goneMs(at) <= dateMs) return
    const slot = this.#slotAt(at)
    // It only ever grows: less is old news.
    slot.sum = Math.max(slot.sum, sum)
    const others = Math.max(0, slot.sum - slot.told)
    this.#used += others - slot.others
    slot.others = others
  }

  #slotAt(at: number): Slot {
    const known = this.#slots.get(at)
    if (known !== undefined) return known
    const slot = { settled: 0, held: 0, told: 0, sum: 0, others: 0 }
    this.#slots.set(at, slot)
    this.#soonestGoneMs = Math.min(this.#soonestGoneMs, this.#frame.goneMs(at))
    return slot
  }

  /** When enough of the oldest slots is gone; nothing that is under way waited for. */
  #roomMs(amount: number, limit: number): number {
    let used = this.#used
    let untilMs = 0
    for (const [at, slot] of [...this.#slots].toSorted(([a], [b]) => a - b)) {
      if (used + amount <= limit) break
      used -= slot.settled + slot.held + slot.others
      untilMs = this.#frame.goneMs(at)
    }
    return untilMs
  }

  /** Sets so much aside for it from now on. */
  #hold(hold: Hold, amount: number): void {
    const slot = this.#slots.get(hold.slot)
    if (slot === undefined) return
    const more = amount - hold.amount
    hold.amount = amount
    slot.held += more
    this.#used += more
    this.#held += more
  }

  #tidy(dateMs: number): void {
    for (const hold of this.#holds) {
      if (hold.untilMs > dateMs) break
      this.#holds.delete(hold)
      this.#hold(hold, Math.min(hold.amount, sound(hold.certain(), 0)))
    }
    if (this.#soonestGoneMs > dateMs) return
    this.#soonestGoneMs = Infinity
    for (const [at, { settled, held, others }] of this.#slots) {
      const goneMs = this.#frame.goneMs(at)
      if (goneMs > dateMs) this.#soonestGoneMs = Math.min(this.#soonestGoneMs, goneMs)
      else {
        this.#slots.delete(at)
        this.#used -= settled + held + others
        this.#held -= held
      }
    }
  }
}
