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

const noTokens: Record<keyof Tokens, number> = {
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

/** Adds up whole numbers only, so that nothing drifts and the order does not matter. */
export class SpendingTally {
  readonly #total = new AmountTally()
  readonly #outcomes: Readonly<Record<Outcome, AmountTally>> = {
    answered: new AmountTally(),
    failed: new AmountTally(),
    superseded: new AmountTally(),
    cancelled: new AmountTally(),
  }
  readonly #estimated = new AmountTally()
  readonly #tokens = { ...noTokens }
  #noPrice = 0
  #noUsage = 0
  #comparedTokens = 0
  #comparedNanoUsd = 0
  #referenceNanoUsd = 0

  add({ outcome, cost: { nanoUsd, usage }, referenceNanoUsd }: Spent): void {
    this.#total.add(nanoUsd)
    this.#outcomes[outcome].add(nanoUsd)
    if (usage === undefined) return void this.#noUsage++
    if (usage.estimated) this.#estimated.add(nanoUsd)
    addTokens(this.#tokens, usage)
    if (nanoUsd === undefined) return void this.#noPrice++
    if (referenceNanoUsd === undefined) return
    this.#comparedTokens += usage.input + usage.output
    this.#comparedNanoUsd += nanoUsd
    this.#referenceNanoUsd += referenceNanoUsd
  }

  read(): Spending {
    const amounts = outcomes.map((outcome) => [outcome, this.#outcomes[outcome].read()])
    return {
      ...this.#total.read(),
      outcomes: Object.fromEntries(amounts) as Record<Outcome, Amount>,
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

/** By name, for going through the kinds of each attempt takes longer than all the rest. */
function addTokens(sums: Record<keyof Tokens, number>, usage: Usage): void {
  sums.input += usage.input
  sums.cachedInput += usage.cachedInput ?? 0
  sums.cacheWrite += usage.cacheWrite ?? 0
  sums.longCacheWrite += usage.longCacheWrite ?? 0
  sums.audioInput += usage.audioInput ?? 0
  sums.imageInput += usage.imageInput ?? 0
  sums.output += usage.output
  sums.reasoning += usage.reasoning ?? 0
  sums.audioOutput += usage.audioOutput ?? 0
  sums.imageOutput += usage.imageOutput ?? 0
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
