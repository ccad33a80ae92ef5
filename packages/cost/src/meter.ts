import { ListenerFailed } from "@bellwether/core"
import type { Attempt, AttemptCost, Call, CostOf, Services, Target } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { billedUsage } from "./billed-usage.ts"
import { nanoUsdOf } from "./nano-usd.ts"
import type { CostOptions } from "./options.ts"
import { TargetPrices } from "./target-prices.ts"

/** Of an attempt that nobody bills. */
export const nothing: AttemptCost = { nanoUsd: 0, usage: undefined }
const unknown: AttemptCost = { nanoUsd: undefined, usage: undefined }

/** Says what attempts cost. */
export class Meter implements CostOf {
  readonly prices: TargetPrices
  /** Prices change; what an attempt has cost does not, as long as it matters. A WeakMap would cost more than all else. */
  readonly #known = new Map<Attempt, AttemptCost>()
  /** Everybody is being told that it is over. */
  #over: Call | undefined

  constructor(rules: Required<CostOptions>, services: Services) {
    let hasTold = false
    this.prices = new TargetPrices(rules, services, (error) => {
      if (hasTold) return
      hasTold = true
      services.emit(ListenerFailed, { event: "price", error })
    })
  }

  attempt(attempt: Attempt): AttemptCost {
    if (attempt.ending === undefined) return unknown
    const known = this.#known.get(attempt)
    if (known !== undefined) return known
    const cost = this.#costOf(attempt)
    this.#known.set(attempt, cost)
    return cost
  }

  /** A call is over: of the one before nobody asks any more. */
  ended(call: Call): void {
    for (const attempt of this.#over?.attempts ?? []) this.#known.delete(attempt)
    this.#over = call
  }

  #costOf(attempt: Attempt): AttemptCost {
    const usage = billedUsage(attempt)
    if (usage === "nothing") return nothing
    if (usage === "unknown") return unknown
    return { nanoUsd: this.tokens(attempt.target, attempt.model, usage), usage }
  }

  tokens(target: Target, model: string | undefined, usage: Usage): number | undefined {
    const price = this.prices.of({ target, model, inputTokens: usage.input })
    return price && nanoUsdOf(price, usage)
  }

  reference(model: string | undefined, usage: Usage | undefined): number | undefined {
    const price = usage && this.prices.reference({ model, inputTokens: usage.input })
    return price && nanoUsdOf(price, usage)
  }
}
