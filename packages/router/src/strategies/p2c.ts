import type { Services, Target } from "@bellwether/core"
import type { Strategy, StrategyFactory } from "../strategy.ts"
import { anyTwo } from "./choice.ts"
import { costOf } from "./cost.ts"
import { kindOf } from "./kind.ts"
import { createLatencies } from "./latencies.ts"
import { peaked } from "./latency.ts"
import { createLoad } from "./load.ts"
import type { Load } from "./load.ts"

/**
 * The cheaper of two drawn at random, by latency and load. Drawing two and not comparing all keeps many callers, who
 * all know the same, from running to the same target (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", IEEE TPDS 12/10, 2001).
 */
export const p2c: StrategyFactory = (services) => cheaperOfTwo(services, createLoad(services))

/** The same, where somebody counts already what targets have to do. */
export function cheaperOfTwo(services: Services, load: Load): Strategy {
  const { clock, random } = services
  const latencies = createLatencies(services, peaked)
  return {
    reason: "lowest cost of two by latency and load",
    pick(targets, { call, model }) {
      const kind = kindOf(call, model)
      const nowMs = clock.now()
      const cost = (target: Target): number =>
        costOf(latencies.of(target, kind), load.inFlight(target), target.weight, nowMs)
      const [first, second] = anyTwo(targets, random)
      return cost(second) < cost(first) ? second : first
    },
  }
}
