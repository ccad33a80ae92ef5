import type { StrategyFactory } from "../strategy.ts"

/** The order in which the endpoints were configured. */
export const declared: StrategyFactory = () => ({
  reason: "first in declared order",
  pick: ([first]) => first,
})
