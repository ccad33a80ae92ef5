import type { Calls } from "./calls.ts"
import { unknownCondition } from "./condition.ts"
import type { Condition } from "./condition.ts"
import type { ProbeResult } from "./probe-result.ts"
import { Ring } from "./ring.ts"

const resultsKept = 100

/** What is remembered of one target. Plain data that is changed in place: all pipelines of a state have the same. */
export interface TargetMemory {
  readonly results: Ring<ProbeResult>
  /** When a call has last told something. */
  heardMs: number
  probes: Condition
  key: Condition
  /** The one called last stands last. */
  readonly calls: Map<string, Calls>
}

/** Of a target nobody knows. */
export const freshMemory = (): TargetMemory => ({
  results: new Ring(resultsKept),
  heardMs: -Infinity,
  probes: unknownCondition,
  key: unknownCondition,
  calls: new Map(),
})
