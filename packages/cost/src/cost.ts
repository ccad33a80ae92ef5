import { AttemptEnded, CallEnded, CostOf, forOnePipeline, PriceOf } from "@bellwether/core"
import type { Call, Plugin } from "@bellwether/core"
import { Account, emptyBook } from "./account.ts"
import type { CostSnapshot } from "./account.ts"
import { CallCosted } from "./cost-events.ts"
import type { CostedCall } from "./cost-events.ts"
import { reportOf } from "./cost-report.ts"
import type { CostReport } from "./cost-report.ts"
import { Meter, nothing } from "./meter.ts"
import { readOptions } from "./options.ts"
import type { CostOptions } from "./options.ts"
import { outcomeOf } from "./outcome.ts"

/** The plugin, and what it has counted. */
export interface Cost extends Plugin {
  /**
   * What was spent and saved, in dollars.
   *
   * @throws PipelineError `plugin-unused` while it is in no pipeline
   */
  report(): CostReport
  /**
   * What was spent at each endpoint, on each model and for each tag, in nano-USD.
   *
   * @throws PipelineError `plugin-unused` while it is in no pipeline
   */
  snapshot(): CostSnapshot
  /**
   * Counts from zero again.
   *
   * @throws PipelineError `plugin-unused` while it is in no pipeline
   */
  reset(): void
}

/**
 * Counts what calls cost, the failed, superseded and given-up attempts included, and what that saves against a
 * reference. Watches only; tells prices to the `cheapest` routing (`PriceOf`) and costs to budgets (`CostOf`).
 *
 * @example
 * const costs = cost({ prices: genaiPrices(calcPrice), endpoints: { relay: { factor: 0.15 } } })
 * const pipeline = createPipeline({ endpoints, use: [costs] })
 * costs.report().together.savedUsd
 *
 * @throws PipelineError `invalid-options`
 */
export function cost(options?: CostOptions): Cost {
  const rules = readOptions(options)
  const held = forOnePipeline<Account>("cost")

  return {
    name: "cost",
    setup(services) {
      const book = services.kept("book", () => emptyBook(services.clock))
      const account = held.install(() => new Account(services.clock, rules, book))
      const meter = new Meter(rules, services)
      services.provide(PriceOf, {
        of: (target, model) => meter.prices.of({ target, model, inputTokens: 0 }),
        knows: (target) => meter.prices.knows(target),
      })
      services.provide(CostOf, meter)
      services.on(AttemptEnded, ({ attempt, ending }) => {
        const spent = meter.attempt(attempt)
        if (spent === nothing) return
        const referenceNanoUsd = meter.reference(attempt.model, spent.usage)
        account.add(attempt, { outcome: outcomeOf(ending), cost: spent, referenceNanoUsd })
      })
      services.on(CallEnded, ({ call }) => {
        meter.ended(call)
        services.emit(CallCosted, costed(call, meter))
      })
      return { inspect: () => account.read() }
    },
    report: () => reportOf(held.used().read()),
    snapshot: () => held.used().read(),
    reset: () => held.used().reset(),
  }
}

function costed(call: Call, meter: Meter): CostedCall {
  let sum = 0
  let isEstimated = false
  let unknown = 0
  const attempts = call.attempts.map((attempt) => {
    const cost = meter.attempt(attempt)
    if (cost.nanoUsd === undefined) unknown++
    else sum += cost.nanoUsd
    isEstimated ||= cost.usage?.estimated === true
    return { attempt, cost }
  })
  return { call, nanoUsd: sum, isEstimated, unknown, attempts }
}
