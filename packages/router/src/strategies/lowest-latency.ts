import type { StrategyFactory } from "../strategy.ts"
import { lowestOf } from "./choice.ts"
import { kindOf } from "./kind.ts"
import { createLatencies } from "./latencies.ts"
import { averaged } from "./latency.ts"

/**
 * The one with the lowest average latency. Under load it collapses: all calls go to the one that was fastest, until
 * their queue shows in answers that come too late to learn from. Where two calls may meet, use `p2c`.
 */
export const lowestLatency: StrategyFactory = (services) => {
  const latencies = createLatencies(services, averaged)
  return {
    reason: "lowest average latency",
    pick(targets, { call, model }) {
      const kind = kindOf(call, model)
      return lowestOf(targets, (target) => latencies.of(target, kind)?.ms ?? 0, services.random)
    },
  }
}
