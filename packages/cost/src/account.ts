import { Tag } from "@bellwether/core"
import type { Attempt, Clock } from "@bellwether/core"
import { SpendingTally } from "./spending.ts"
import type { Spending, Spent } from "./spending.ts"
import { SpendingTable } from "./spending-table.ts"
import type { SpendingRows } from "./spending-table.ts"

/** What a pipeline has spent. Plain data. */
export interface CostSnapshot {
  /** Since when is counted, in milliseconds since 1970. */
  readonly sinceMs: number
  /** For how long, in milliseconds. */
  readonly elapsedMs: number
  readonly total: Spending
  /** By the endpoint's id. */
  readonly endpoints: Readonly<Record<string, Spending>>
  /** By the model asked for; `(none)` where none was named, `(other)` for those beyond `maxModels`. */
  readonly models: Readonly<Record<string, Spending>>
  /** By the caller's tag; `(none)` without one, `(other)` for those beyond `maxTags`. */
  readonly tags: Readonly<Record<string, Spending>>
}

/** What was spent. All pipelines of a state have the same. */
export interface Book {
  /** Milliseconds since 1970. */
  sinceMs: number
  /** Monotonic milliseconds. */
  startedAtMs: number
  total: SpendingTally
  readonly endpoints: SpendingRows
  readonly models: SpendingRows
  readonly tags: SpendingRows
}

/** Nothing was spent yet. */
export const emptyBook = (clock: Clock): Book => ({
  sinceMs: clock.date(),
  startedAtMs: clock.now(),
  total: new SpendingTally(),
  endpoints: new Map(),
  models: new Map(),
  tags: new Map(),
})

/** Keeps the books: constant time for an attempt, fixed memory for all. */
export class Account {
  readonly #clock: Clock
  readonly #book: Book
  readonly #endpoints: SpendingTable
  readonly #models: SpendingTable
  readonly #tags: SpendingTable

  constructor(
    clock: Clock,
    { maxModels, maxTags }: { readonly maxModels: number; readonly maxTags: number },
    book: Book,
  ) {
    this.#clock = clock
    this.#book = book
    this.#endpoints = new SpendingTable(Infinity, book.endpoints)
    this.#models = new SpendingTable(maxModels, book.models)
    this.#tags = new SpendingTable(maxTags, book.tags)
  }

  add({ call, target, model }: Attempt, spent: Spent): void {
    this.#book.total.add(spent)
    this.#endpoints.add(target.endpoint, spent)
    this.#models.add(model, spent)
    this.#tags.add(call.hint(Tag), spent)
  }

  reset(): void {
    const { sinceMs, startedAtMs, total } = emptyBook(this.#clock)
    Object.assign(this.#book, { sinceMs, startedAtMs, total })
    for (const table of [this.#endpoints, this.#models, this.#tags]) table.clear()
  }

  read(): CostSnapshot {
    return {
      sinceMs: this.#book.sinceMs,
      elapsedMs: this.#clock.now() - this.#book.startedAtMs,
      total: this.#book.total.read(),
      endpoints: this.#endpoints.read(),
      models: this.#models.read(),
      tags: this.#tags.read(),
    }
  }
}
