import { defineKey } from "./key.ts"
import type { Key } from "./key.ts"

/** What is left of a provider's quota, or of a budget of our own. Plain data. */
export interface QuotaLevel {
  /** Whose limit it is. */
  readonly source: "provider" | "budget"
  /** The target's id, such as `primary/key-1`; or the budget's name. */
  readonly name: string
  /** Of a budget: the endpoint, key, model or tag it is for. Absent for the whole pipeline. */
  readonly subject?: string
  /** `requests`, `tokens`, `usd`, or what the provider counts in. */
  readonly unit: string
  /** Absent where there is no limit any more. */
  readonly left?: number
  /** Absent where a provider tells only what is left. */
  readonly limit?: number
  /** Milliseconds since 1970; absent where nobody knows. */
  readonly resetAtMs?: number
}

/** From whoever keeps quotas and budgets to whoever shows them. */
export interface QuotaLevels {
  /** All that is known now. */
  all(): readonly QuotaLevel[]
}

/** How much is left. Without a `quota` plugin nothing is known. */
export const QuotaLevels: Key<QuotaLevels> = defineKey<QuotaLevels>("quota-levels", { all: () => [] })
