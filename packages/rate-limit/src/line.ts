import { difference, free, sum } from "./cost.ts"
import type { Cost } from "./cost.ts"

/** Somebody in line. */
export interface Waiting {
  /** Lower ranks come first. */
  readonly rank: number
  /** Of equal ranks, who has been under way for longer comes first. */
  readonly sinceMs: number
  readonly cost: Cost
}

/** Who waits, first come first served within each rank. */
export class Line<T extends Waiting> {
  readonly #entries: T[] = []
  #cost = free

  get length(): number {
    return this.#entries.length
  }

  /** What all of them take together. */
  get cost(): Cost {
    return this.#cost
  }

  get first(): T | undefined {
    return this.#entries[0]
  }

  /** What those take who would stand before a newcomer. */
  costBefore(newcomer: Waiting): Cost {
    return this.#entries.slice(0, this.#placeOf(newcomer)).reduce((total, { cost }) => sum(total, cost), free)
  }

  join(entry: T): void {
    this.#entries.splice(this.#placeOf(entry), 0, entry)
    this.#cost = sum(this.#cost, entry.cost)
  }

  leave(entry: T): void {
    const place = this.#entries.indexOf(entry)
    if (place === -1) return
    this.#entries.splice(place, 1)
    this.#cost = difference(this.#cost, entry.cost)
  }

  #placeOf({ rank, sinceMs }: Waiting): number {
    const isBefore = (other: Waiting): boolean =>
      other.rank === rank ? other.sinceMs <= sinceMs : other.rank < rank
    return this.#entries.findLastIndex(isBefore) + 1
  }
}
