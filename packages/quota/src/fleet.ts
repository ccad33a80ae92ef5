import { PipelineError } from "@bellwether/core"
import type { Services, Store, Timer } from "@bellwether/core"
import type { Purse } from "./purse.ts"

/** The fleet is told what was used so long after it was used, in milliseconds. */
const delayMs = 1_000

/**
 * Adds up what all processes of a fleet have used, in counters of the store: one for each slot of a purse. What is only
 * set aside stays in its process, so that whoever dies leaks nothing. Nothing is told twice: what may have reached the
 * store although it failed is not told again, so a budget may be overrun by it, but nobody pays for what nobody used.
 */
export class Fleet {
  readonly #services: Services
  readonly #store: Store
  readonly #reading = new Set<Promise<void>>()
  #dirty = new Set<Purse>()
  #timer: Timer | undefined
  #isTelling = false

  constructor(services: Services, store: Store) {
    this.#services = services
    this.#store = store
    services.signal.addEventListener("abort", () => this.#close(), { once: true })
  }

  /** Something was settled in a purse. */
  settled(purse: Purse): void {
    this.#dirty.add(purse)
    this.#arm()
  }

  /** Learns what was used before this process knew of a purse. */
  opened(purse: Purse): void {
    const reading = this.#read(purse).finally(() => this.#reading.delete(reading))
    this.#reading.add(reading)
  }

  /** Resolves when what was used before is known, as far as the store tells. */
  async known(): Promise<void> {
    await Promise.all(this.#reading)
  }

  async #read(purse: Purse): Promise<void> {
    const { clock } = this.#services
    try {
      for (const slot of purse.budget.frame.counting(clock.date())) {
        const stored = await this.#store.get(keyOf(purse, slot))
        if (stored !== undefined) purse.account.hear(slot, Number(stored.value), clock.date())
      }
    } catch {
      // Without the store this process goes on with what it knows (law 12).
    }
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

  /** @returns whether all of it was told, or may have been */
  async #tell(purse: Purse): Promise<boolean> {
    const { clock } = this.#services
    const { account, budget } = purse
    for (const [slot, amount] of account.untold()) {
      account.tell(slot, amount)
      try {
        const ttlMs = Math.max(1, budget.frame.goneMs(slot) - clock.date())
        account.hear(slot, await this.#store.increment(keyOf(purse, slot), amount, { ttlMs }), clock.date())
      } catch (error) {
        if (wasSent(error)) continue
        account.tell(slot, -amount)
        return false
      }
    }
    return true
  }

  #close(): void {
    this.#timer?.cancel()
    void this.#tellAll()
  }
}

/** A store that is lost is not asked at all, and then its error has no cause. */
const wasSent = (error: unknown): boolean => !PipelineError.is(error) || error.cause !== undefined

const keyOf = ({ budget: { name, unit, per, window }, subject }: Purse, slot: number): string =>
  `quota:${JSON.stringify([name, unit, per, window, subject, slot])}`
