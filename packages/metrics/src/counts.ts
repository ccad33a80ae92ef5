/** How often, by name. */
export class Counts<Name extends string> {
  readonly #counts = new Map<Name, number>()

  count(name: Name, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times)
  }

  of(name: Name): number {
    return this.#counts.get(name) ?? 0
  }

  /** All together. */
  get sum(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  /** Takes in all that another one has counted. */
  add(other: Counts<Name>): void {
    for (const [name, count] of other.entries()) this.count(name, count)
  }

  entries(): IterableIterator<[Name, number]> {
    return this.#counts.entries()
  }
}
