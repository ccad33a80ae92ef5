import { Tag } from "@bellwether/core"
import type { Attempt, Clock } from "@bellwether/core"
import { SpendingTally } from "./spending.ts"
import type { Spending, Spent } from "./spending.ts"
import { SpendingTable } from "./spending-table.ts"

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

const noName = "(none)"

/** Keeps the books: constant time for an attempt, fixed memory for all. */
export class Account {
  readonly #clock: Clock
  readonly #endpoints = new SpendingTable(Infinity)
  readonly #models: SpendingTable
  readonly #tags: SpendingTable
  #total = new SpendingTally()
  #sinceMs = 0
  #startedAtMs = 0

  constructor(
    clock: Clock,
    { maxModels, maxTags }: { readonly maxModels: number; readonly maxTags: number },
  ) {
    this.#clock = clock
    this.#models = new SpendingTable(maxModels)
    this.#tags = new SpendingTable(maxTags)
    this.reset()
  }

  add({ call, target, model }: Attempt, spent: Spent): void {
    this.#total.add(spent)
    this.#endpoints.add(target.endpoint, spent)
    this.#models.add(model ?? noName, spent)
    this.#tags.add(call.hint(Tag) ?? noName, spent)
  }

  reset(): void {
    this.#sinceMs = this.#clock.date()
    this.#startedAtMs = this.#clock.now()
    this.#total = new SpendingTally()
    for (const table of [this.#endpoints, this.#models, this.#tags]) table.clear()
  }

  read(): CostSnapshot {
    return {
      sinceMs: this.#sinceMs,
      elapsedMs: this.#clock.now() - this.#startedAtMs,
      total: this.#total.read(),
      endpoints: this.#endpoints.read(),
      models: this.#models.read(),
      tags: this.#tags.read(),
    }
  }
}
