import type { Services, Store, Timer } from "@bellwether/core"
import type { PurseWitness } from "./budget.ts"
import type { Purse } from "./purse.ts"

/** The fleet is told what was used so long after it was used, in milliseconds. */
const delayMs = 1_000

/** What the names of our counters begin with. */
const prefix = "quota:"

/**
 * Adds up what all processes of a fleet have used, in counters of the store: one for each slot of a purse. What is only
 * set aside stays in its process, so that whoever dies leaks nothing. Nothing is told twice: what may have reached the
 * store although it failed is not told again, so a budget may be overrun by it, but nobody pays for what nobody used.
 */
export class Fleet implements PurseWitness {
  readonly #services: Services
  readonly #store: Store
  readonly #reading = new Set<Promise<void>>()
  /** By what the names of their counters begin with. */
  readonly #purses = new Map<string, Purse>()
  #dirty = new Set<Purse>()
  #timer: Timer | undefined
  #isTelling = false
  /** After a failure it is asked first whether the store is back, so that no second amount is lost. */
  #isDoubtful = false

  constructor(services: Services, store: Store) {
    this.#services = services
    this.#store = store
    const unwatch = store.watch(prefix, (key, value) => this.#hear(key, value))
    const close = (): void => {
      unwatch()
      this.#timer?.cancel()
      void this.#tellAll()
    }
    services.signal.addEventListener("abort", close, { once: true })
  }

  settled(purse: Purse): void {
    this.#dirty.add(purse)
    this.#arm()
  }

  /** Learns what was used before this process knew of a purse. */
  opened(purse: Purse): void {
    this.#purses.set(nameOf(purse), purse)
    const reading = this.#read(purse).finally(() => this.#reading.delete(reading))
    this.#reading.add(reading)
  }

  forgotten(purse: Purse): void {
    this.#purses.delete(nameOf(purse))
  }

  /** Resolves when what was used before is known, as far as the store tells. */
  async known(): Promise<void> {
    await Promise.all(this.#reading)
  }

  async #read(purse: Purse): Promise<void> {
    try {
      for (const slot of purse.budget.frame.counting(this.#services.clock.date())) {
        const key = keyOf(purse, slot)
        this.#hear(key, (await this.#store.get(key))?.value)
      }
    } catch {
      // Without the store this process goes on with what it knows (law 12).
    }
  }

  #hear(key: string, value: string | undefined): void {
    const cut = key.lastIndexOf(":")
    const purse = this.#purses.get(key.slice(0, cut))
    const sum = Number(value)
    if (purse === undefined || !Number.isSafeInteger(sum)) return
    purse.account.hear(Number(key.slice(cut + 1)), sum, this.#services.clock.date())
  }

  #arm(): void {
    const { clock, signal } = this.#services
    if (this.#timer !== undefined || this.#isTelling || signal.aborted) return
    this.#timer = clock.after(delayMs, () => void this.#tellAll())
  }

  async #tellAll(): Promise<void> {
    this.#timer = undefined
    this.#isTelling = true
    const dirty = this.#dirty
    this.#dirty = new Set()
    for (const purse of dirty) if (!(await this.#tell(purse))) this.#dirty.add(purse)
    this.#isTelling = false
    if (this.#dirty.size > 0) this.#arm()
  }

  /** @returns whether there is nothing left to tell */
  async #tell(purse: Purse): Promise<boolean> {
    const { account, budget } = purse
    try {
      for (const [slot, amount] of account.untold()) {
        const key = keyOf(purse, slot)
        if (this.#isDoubtful) await this.#store.get(key)
        this.#isDoubtful = false
        account.told(slot, amount)
        const ttlMs = Math.max(1, budget.frame.goneMs(slot) - this.#services.clock.date())
        this.#hear(key, String(await this.#store.increment(key, amount, { ttlMs })))
      }
      return true
    } catch {
      this.#isDoubtful = true
      return false
    }
  }
}

const nameOf = ({ budget: { name, unit, per, window }, subject }: Purse): string =>
  prefix + JSON.stringify([name, unit, per, window, subject])

const keyOf = (purse: Purse, slot: number): string => `${nameOf(purse)}:${slot}`
