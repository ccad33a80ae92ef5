import type { GatewayBudget, GatewayKey } from "@bellwether/config"

/** A budget of `quota` that each of some callers has. */
export interface BudgetOfCallers extends GatewayBudget {
  readonly scope: "caller"
  readonly match: readonly string[]
}

/** The budgets of virtual keys as those of `quota`: callers who have the same share its rules, never its purse. */
export function callerBudgets(keys: readonly GatewayKey[]): readonly BudgetOfCallers[] {
  const alike = new Map<string, { readonly budget: GatewayBudget; readonly ids: string[] }>()
  for (const { id, budgets = [] } of keys)
    for (const budget of budgets) {
      const { limit, per, window } = budget
      const rules = JSON.stringify([limit, per, window])
      const known = alike.get(rules)
      if (known === undefined) alike.set(rules, { budget, ids: [id] })
      else known.ids.push(id)
    }
  return [...alike.values()].map(({ budget, ids }) => ({ ...budget, scope: "caller", match: ids }))
}
