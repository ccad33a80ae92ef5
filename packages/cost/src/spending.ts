import type { AttemptCost } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { outcomes } from "./outcome.ts"
import type { Outcome } from "./outcome.ts"

/** How many attempts, and what they have cost: whole nano-USD (billionths of a dollar). */
export interface Amount {
  readonly attempts: number
  readonly nanoUsd: number
}

/** Tokens by kind; `input` and `output` are all of them, the others parts of these. */
export type Tokens = Readonly<Record<Exclude<keyof Usage, "estimated">, number>>

/** What is spent at an endpoint, on a model, for a tag, or by all. Attempts that cost nothing do not count. */
export interface Spending extends Amount {
  /** The same by what became of it. */
  readonly outcomes: Readonly<Record<Outcome, Amount>>
  /** The part whose tokens were counted here, because the provider did not get to it. */
  readonly estimated: Amount
  /** Attempts that have cost something nobody knows. Not in `nanoUsd`. */
  readonly unknown: {
    /** The tokens are known, their price is not. */
    readonly noPrice: number
    /** The provider did not tell the tokens, and they could not be estimated. */
    readonly noUsage: number
  }
  /** Of all attempts whose tokens are known. */
  readonly tokens: Tokens
  /** The attempts that have a price in the reference as well, and what they would have cost there. */
  readonly compared: {
    /** Input and output. */
    readonly tokens: number
    readonly nanoUsd: number
    readonly referenceNanoUsd: number
  }
}

/** One attempt, as it is counted. */
export interface Spent {
  readonly outcome: Outcome
  readonly cost: AttemptCost
  readonly referenceNanoUsd: number | undefined
}

const noTokens: Tokens = {
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  longCacheWrite: 0,
  audioInput: 0,
  imageInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  imageOutput: 0,
}
const kinds = Object.keys(noTokens) as readonly (keyof Tokens)[]

/** Adds up whole numbers only, so that nothing drifts and the order does not matter. */
export class SpendingTally {
  readonly #total = new AmountTally()
  readonly #outcomes = new Map(outcomes.map((outcome) => [outcome, new AmountTally()]))
  readonly #estimated = new AmountTally()
  readonly #tokens: Record<keyof Tokens, number> = { ...noTokens }
  #noPrice = 0
  #noUsage = 0
  #comparedTokens = 0
  #comparedNanoUsd = 0
  #referenceNanoUsd = 0

  add({ outcome, cost: { nanoUsd, usage }, referenceNanoUsd }: Spent): void {
    this.#total.add(nanoUsd)
    this.#outcomes.get(outcome)?.add(nanoUsd)
    if (usage === undefined) return void this.#noUsage++
    if (usage.estimated) this.#estimated.add(nanoUsd)
    for (const kind of kinds) this.#tokens[kind] += usage[kind] ?? 0
    if (nanoUsd === undefined) return void this.#noPrice++
    if (referenceNanoUsd === undefined) return
    this.#comparedTokens += usage.input + usage.output
    this.#comparedNanoUsd += nanoUsd
    this.#referenceNanoUsd += referenceNanoUsd
  }

  read(): Spending {
    return {
      ...this.#total.read(),
      outcomes: Object.fromEntries(
        [...this.#outcomes].map(([outcome, tally]) => [outcome, tally.read()]),
      ) as Record<Outcome, Amount>,
      estimated: this.#estimated.read(),
      unknown: { noPrice: this.#noPrice, noUsage: this.#noUsage },
      tokens: { ...this.#tokens },
      compared: {
        tokens: this.#comparedTokens,
        nanoUsd: this.#comparedNanoUsd,
        referenceNanoUsd: this.#referenceNanoUsd,
      },
    }
  }
}

class AmountTally {
  #attempts = 0
  #nanoUsd = 0

  add(nanoUsd = 0): void {
    this.#attempts++
    this.#nanoUsd += nanoUsd
  }

  read(): Amount {
    return { attempts: this.#attempts, nanoUsd: this.#nanoUsd }
  }
}
