import type { Target } from "@bellwether/core"
import * as flows from "./flow.ts"
import type { Flow } from "./flow.ts"
import { knownBuckets } from "./known-buckets.ts"
import type { Rules } from "./options.ts"
import { unknown } from "./usual.ts"
import type { Usual } from "./usual.ts"

/** What is known of one flow, and who wants to hear of it. All pipelines of a state have the same. */
export interface FlowMemory {
  flow: Flow
  usual: Usual
  /** Whether nobody was ever throttled, and nothing is known that could hold anybody back. */
  isAsleep: boolean
  /** How many are under way that began while it was asleep, as long as it is. */
  uncounted: number
  /** Serve who waits for it, pipeline by pipeline, when something has changed. */
  readonly lines: Set<(hadRoom: boolean) => void>
}

/** Of a flow in which nothing was ever sent. */
export function freshMemory(
  target: Target,
  model: string | undefined,
  rules: Rules,
  nowMs: number,
): FlowMemory {
  const flow = flows.still(knownBuckets(rules.limits, target, model, nowMs), rules)
  return { flow, usual: unknown, isAsleep: flows.isOpen(flow), uncounted: 0, lines: new Set() }
}
