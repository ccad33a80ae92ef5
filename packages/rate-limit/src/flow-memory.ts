import type { Target } from "@bellwether/core"
import * as flows from "./flow.ts"
import type { Flow, Permit } from "./flow.ts"
import { knownBuckets } from "./known-buckets.ts"
import type { Rules } from "./options.ts"
import { unknown } from "./usual.ts"
import type { Usual } from "./usual.ts"

/** What all those hold who began while nothing counted, since it last began to. */
export interface Nap extends Permit {
  /** How many are under way. */
  count: number
}

/** What is known of one flow, and who wants to hear of it. All pipelines of a state have the same. */
export interface FlowMemory {
  flow: Flow
  usual: Usual
  /** While nothing is known that could hold anybody back. */
  nap: Nap | undefined
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
  return { flow, usual: unknown, nap: flows.isOpen(flow) ? napOf(flow, nowMs) : undefined, lines: new Set() }
}

/** From now on nothing counts. */
export const napOf = ({ generation }: Flow, nowMs: number): Nap => ({
  cost: { requests: 1, tokens: 0 },
  generation,
  sinceMs: nowMs,
  isUnestimated: true,
  count: 0,
})
