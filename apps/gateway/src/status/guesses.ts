import type { Clock } from "@bellwether/core"

/** A token that can be guessed by trying is none. */
const mostGuesses = 10
const windowMs = 60_000
/** Addresses that are remembered, the newest. */
const mostAddresses = 1_000

/** Wrong tokens that were shown, by the address they came from: who guesses locks nobody else out. */
export class Guesses {
  readonly #clock: Clock
  readonly #guessedAtMs = new Map<string, readonly number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether an address has shown too many wrong tokens of late. */
  isLocked(address: string): boolean {
    return this.#recent(address).length >= mostGuesses
  }

  /** Takes note of a wrong token. */
  add(address: string): void {
    const recent = this.#recent(address)
    this.#guessedAtMs.delete(address)
    this.#guessedAtMs.set(address, [...recent, this.#clock.now()])
    const [oldest] = this.#guessedAtMs.keys()
    if (this.#guessedAtMs.size > mostAddresses && oldest !== undefined) this.#guessedAtMs.delete(oldest)
  }

  #recent(address: string): readonly number[] {
    const sinceMs = this.#clock.now() - windowMs
    return (this.#guessedAtMs.get(address) ?? []).filter((atMs) => atMs > sinceMs)
  }
}
