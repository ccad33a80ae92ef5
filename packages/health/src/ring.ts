/** The newest of many, in memory that does not grow. */
export class Ring<T> {
  readonly #capacity: number
  readonly #entries: T[] = []
  #oldest = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(entry: T): void {
    if (this.#entries.length < this.#capacity) {
      this.#entries.push(entry)
      return
    }
    this.#entries[this.#oldest] = entry
    this.#oldest = (this.#oldest + 1) % this.#capacity
  }

  /** Oldest first. */
  list(): readonly T[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)]
  }

  get newest(): T | undefined {
    return this.#entries.at(this.#oldest - 1)
  }
}
