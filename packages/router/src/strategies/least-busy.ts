import type { StrategyFactory } from "../strategy.ts"
import { lowestOf } from "./choice.ts"
import { createLoad } from "./load.ts"

/** The one with the fewest calls under way for its weight. */
export const leastBusy: StrategyFactory = (services) => {
  const load = createLoad(services)
  return {
    reason: "fewest calls under way for its weight",
    pick: (targets) =>
      lowestOf(targets, (target) => (load.inFlight(target) + 1) / target.weight, services.random),
  }
}
