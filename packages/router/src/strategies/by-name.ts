import type { StrategyFactory } from "../strategy.ts"
import { cheapest } from "./cheapest.ts"
import { declared } from "./declared.ts"
import { leastBusy } from "./least-busy.ts"
import { lowestLatency } from "./lowest-latency.ts"
import { p2c } from "./p2c.ts"
import { roundRobin } from "./round-robin.ts"
import { sticky } from "./sticky.ts"
import { weighted } from "./weighted.ts"

/** The strategies that come with the router, by name. */
export const strategies = {
  p2c,
  declared,
  "round-robin": roundRobin,
  weighted,
  "least-busy": leastBusy,
  "lowest-latency": lowestLatency,
  cheapest,
  sticky,
} as const satisfies Record<string, StrategyFactory>
