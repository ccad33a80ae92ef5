import type { PriceOf, Target } from "@bellwether/core"
import { isAmong } from "./budget-options.ts"
import type { BudgetRules } from "./budget-options.ts"

/** Whether a budget lets nothing pass that nobody can count. */
export const needsPrices = ({ unit, unpriced }: BudgetRules): boolean =>
  unit === "usd" && unpriced === "reject"

/** What is wrong with budgets of money where there is nothing at all to know prices from. */
export const priceFaults = (
  budgets: readonly BudgetRules[],
  targets: readonly Target[],
  prices: PriceOf,
): readonly string[] =>
  budgets.flatMap((budget, index) => {
    if (budget.unit !== "usd") return []
    const counted = targets.filter((target) => isAbout(budget, target))
    const unknown = counted.filter((target) => prices.knows?.(target) === false)
    if (unknown.length === 0 || (!needsPrices(budget) && unknown.length < counted.length)) return []
    const endpoints = [...new Set(unknown.map(({ endpoint }) => `"${endpoint}"`))]
    return [
      `quota.budgets[${index}] counts money, and nobody knows what ${endpoints.join(", ")} charge${endpoints.length > 1 ? "" : "s"}: ` +
        "give an endpoint a `price`, or use cost() with `prices`" +
        (unknown.length < counted.length ? ', or set `unpriced: "allow"` in the budget.' : "."),
    ]
  })

function isAbout({ scope, match }: BudgetRules, { id, endpoint }: Target): boolean {
  if (match === undefined || (scope !== "endpoint" && scope !== "key")) return true
  return isAmong(match, scope === "key" ? id : endpoint)
}
