import type { Usage } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import { defineKey } from "./key.ts"
import type { Key } from "./key.ts"
import type { Target } from "./target.ts"

/** What an attempt has cost. */
export interface AttemptCost {
  /** In nano-USD (a billionth of a dollar), whole; `undefined` when it was billed and nobody knows how much. */
  readonly nanoUsd: number | undefined
  /** The tokens it was billed for; `undefined` when for none, or when nobody knows. */
  readonly usage: Usage | undefined
}

/** From whoever knows what things cost to whoever counts it or sets limits to it. */
export interface CostOf {
  /** Of an attempt that is over: until its call is over, and everybody told, the same for all who ask. */
  attempt(attempt: Attempt): AttemptCost
  /** Of so many tokens there, in whole nano-USD; `undefined` when the price is not known. */
  tokens(target: Target, model: string | undefined, usage: Usage): number | undefined
}

/** What attempts cost. Without a `cost` plugin nobody knows. */
export const CostOf: Key<CostOf> = defineKey<CostOf>("cost-of", {
  attempt: () => ({ nanoUsd: undefined, usage: undefined }),
  tokens: () => undefined,
})
