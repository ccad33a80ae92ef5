import type { Random } from "@bellwether/core"
import type { Fault } from "@bellwether/testing"

/** Something that is wrong with one endpoint, or with one of its keys, while some calls are made. */
export interface Episode {
  readonly endpoint: number
  /** `undefined`: all of them. */
  readonly key: number | undefined
  readonly fault: Fault
  /** Whether nobody at all is answered there. */
  readonly isTotal: boolean
  /** The number of the first call in it, and of the first behind it. */
  readonly fromCall: number
  readonly untilCall: number
}

/** What episodes are drawn for. */
export interface EpisodePlan {
  readonly calls: number
  /** How many times something goes wrong. */
  readonly troubles: number
  readonly endpoints: number
  readonly keys: number
}

const total: readonly Fault[] = [
  { kind: "error", error: "unavailable" },
  { kind: "error", error: "server-error" },
  { kind: "error", error: "overloaded" },
  { kind: "error", error: "rate-limited", retryAfter: { as: "milliseconds", ms: 300 } },
  { kind: "connection-reset" },
  { kind: "connection-close" },
  { kind: "black-hole" },
  { kind: "body-html" },
  { kind: "body-empty" },
]

const partial: readonly Fault[] = [
  { kind: "brown-out", errorRate: 0.5, slowdown: 1 },
  { kind: "stream-cut", afterContent: 2 },
  { kind: "stream-reset", afterContent: 0 },
  { kind: "stream-error", afterContent: 1 },
]

/** The share of the time between two troubles in which something is wrong. */
const sickShare = 0.6

/** Draws what goes wrong and when. One endpoint is always spared, with all its keys; another answers nobody. */
export function drawEpisodes(plan: EpisodePlan, random: Random): readonly Episode[] {
  const { calls, troubles, endpoints, keys } = plan
  const draw = (count: number): number => Math.floor(random.next() * count)
  const slot = calls / troubles
  return Array.from({ length: troubles }, (_, trouble) => {
    const fromCall = Math.floor(trouble * slot)
    const untilCall = Math.floor((trouble + sickShare) * slot)
    const spared = draw(endpoints)
    const sure = (spared + 1 + draw(endpoints - 1)) % endpoints
    return Array.from({ length: endpoints }, (__, endpoint) => {
      const isTotal = endpoint === sure || random.next() < 0.5
      const faults = isTotal ? total : partial
      const fault = faults[draw(faults.length)]
      const key = random.next() < 0.25 ? draw(keys) : undefined
      const isStruck = endpoint === sure || (endpoint !== spared && random.next() < 0.5)
      return fault === undefined || !isStruck ? [] : [{ endpoint, key, fault, isTotal, fromCall, untilCall }]
    }).flat()
  }).flat()
}
