import { SpendingTally } from "./spending.ts"
import type { Spending, Spent } from "./spending.ts"

/** Where it is counted that has no name. */
const noName = "(none)"

/** Where names are counted that came when there was no row left for them, and those that only look like a row. */
const otherNames = "(other)"

/** Longer names are nobody's model; whoever sends them shall not fill the memory. */
const longestName = 200

/** What was spent, by name. */
export type SpendingRows = Map<string, SpendingTally>

/** What is spent, by name: a row for each of the first names, one for all that follow. */
export class SpendingTable {
  readonly #rows: SpendingRows
  readonly #maxRows: number

  constructor(maxRows: number, rows: SpendingRows = new Map()) {
    this.#maxRows = maxRows
    this.#rows = rows
  }

  add(name: string | undefined, spent: Spent): void {
    this.#row(name === noName ? otherNames : (name ?? noName)).add(spent)
  }

  #row(name: string): SpendingTally {
    const row = this.#rows.get(name)
    if (row !== undefined) return row
    if (name !== otherNames && (this.#isFull() || name.length > longestName)) return this.#row(otherNames)
    const added = new SpendingTally()
    this.#rows.set(name, added)
    return added
  }

  #isFull(): boolean {
    return this.#rows.size - (this.#rows.has(otherNames) ? 1 : 0) >= this.#maxRows
  }

  clear(): void {
    this.#rows.clear()
  }

  read(): Readonly<Record<string, Spending>> {
    return Object.fromEntries([...this.#rows].map(([name, tally]) => [name, tally.read()]))
  }
}
