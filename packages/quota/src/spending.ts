import { isFree, isRequestBilled } from "@bellwether/wire"
import type { Usage } from "@bellwether/wire"
import type { Attempt, Call, CostOf, Ending, PriceOf, Target } from "@bellwether/core"
import type { Unit } from "./unit.ts"

/** What something uses, in all units, as it is counted: in whole numbers, money in billionths of a dollar. */
export type Spending = Readonly<Record<Unit, number>>

/** What something is going to use; without `usd` where nobody knows the price. */
export type Need = Omit<Spending, "usd"> & { readonly usd: number | undefined }

const nothing: Spending = { requests: 0, tokens: 0, usd: 0 }
const oneRequest: Spending = { requests: 1, tokens: 0, usd: 0 }
const oneToken: Usage = { input: 1, output: 0, estimated: true }

export const sum = (spendings: readonly Spending[]): Spending =>
  spendings.reduce(
    (total, each) => ({
      requests: total.requests + each.requests,
      tokens: total.tokens + each.tokens,
      usd: total.usd + each.usd,
    }),
    nothing,
  )

/** What spendings are told from. */
export interface SpendingsOptions {
  /** What anybody counts: what nobody does is not looked for. */
  readonly units: ReadonlySet<Unit>
  readonly cost: () => CostOf
  readonly price: () => PriceOf
  /** Tokens of an answer that the request sets no limit to. */
  readonly assumedOutput: number
  /** Told when nobody knows what tokens cost. */
  readonly unpriced: (target: Target, model: string | undefined) => void
}

/** Knows what calls are going to use, and what they have used. */
export class Spendings {
  readonly #options: SpendingsOptions
  readonly #isSimple: boolean

  constructor(options: SpendingsOptions) {
    this.#options = options
    this.#isSimple = !options.units.has("tokens") && !options.units.has("usd")
  }

  /** The least that can be asked of a target. */
  least(target: Target, model: string | undefined): Need {
    const isUnknown = model !== undefined && this.#price(oneToken, target, model) === undefined
    return { requests: 1, tokens: 1, usd: isUnknown ? undefined : 1 }
  }

  /** What a call needs wherever it goes, at most: at the dearest of the targets, as far as their prices are known. */
  need(call: Call, targets: readonly Target[], model: string | undefined): Need {
    return this.#isSimple ? oneRequest : this.#needOf(call, this.#estimate(call), targets, model)
  }

  /** What of that is certain once it is under way: its request, without any answer. */
  certain(call: Call, targets: readonly Target[], model: string | undefined): Need {
    const request = { ...this.#estimate(call), output: 0 }
    return this.#isSimple ? oneRequest : this.#needOf(call, request, targets, model)
  }

  #needOf(call: Call, usage: Usage, targets: readonly Target[], model: string | undefined): Need {
    const known = targets.flatMap((target) => this.#priced(call, usage, target, model) ?? [])
    const isUnknown = known.length === 0 && targets.length > 0
    const usd = isUnknown ? undefined : Math.max(0, ...known)
    return { requests: 1, tokens: usage.input + usage.output, usd }
  }

  /** What an attempt has used, as far as anybody knows. */
  used(attempt: Attempt, ending: Ending): Spending {
    if (ending.failure?.class === "target-refused") return nothing
    if (this.#isSimple) return oneRequest
    const cost = this.#options.cost().attempt(attempt)
    const usage = ending.usage ?? cost.usage ?? this.#guess(attempt, ending)
    const { nanoUsd } = cost
    const { call, target, model } = attempt
    const usd = nanoUsd ?? this.#priced(call, usage, target, model) ?? 0
    return { requests: 1, tokens: usage.input + usage.output, usd }
  }

  /** Of an attempt that nobody tells the usage of. */
  #guess({ call, committed }: Attempt, { failure }: Ending): Usage {
    const estimate = this.#estimate(call)
    if (failure === undefined || committed) return estimate
    return { ...estimate, input: isRequestBilled(failure.class) ? estimate.input : 0, output: 0 }
  }

  /** Only what a model writes has an output, as far as can be known before. */
  #estimate(call: Call): Usage {
    const { input, output = this.#options.assumedOutput } = call.estimate()
    const isWritten = call.operation.grammar !== undefined && input > 0
    return { input, output: isWritten ? output : 0, estimated: true }
  }

  /** `undefined` when nobody knows, which is told. Where no model is named there is no price to know. */
  #priced(call: Call, usage: Usage, target: Target, model: string | undefined): number | undefined {
    if (isFree(call.operation)) return 0
    const usd = this.#price(usage, target, model)
    if (usd !== undefined) return usd
    this.#options.unpriced(target, model)
    return model === undefined ? 0 : undefined
  }

  #price(usage: Usage, target: Target, model: string | undefined): number | undefined {
    const { units, cost, price } = this.#options
    const { input, output } = usage
    if (!units.has("usd") || input + output === 0) return 0
    const known = cost().tokens(target, model, usage)
    if (known !== undefined) return known
    const perMillion = price().of(target, model)
    return perMillion && Math.round((input * perMillion.input + output * perMillion.output) * 1e3)
  }
}
