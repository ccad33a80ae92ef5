import type { LevelStatistics } from "../levels.ts"
import { gauge } from "./definition.ts"
import type { Definition, Row } from "./definition.ts"

/** One of our own budgets, as it is now. */
export interface BudgetRow extends Row {
  readonly level: LevelStatistics
}

/** What is told of budgets. */
export const budgetMetrics: readonly Definition<BudgetRow>[] = [
  gauge(
    "bellwether_budget_remaining_ratio",
    "What is left of a budget, from 0 to 1; of one with several subjects, of the subject with the least.",
    ({ level }) => level.remainingRatio ?? undefined,
  ),
]
