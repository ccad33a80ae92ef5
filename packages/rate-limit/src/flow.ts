import { comesInAtMs, holdsAtMs } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import { startingAt, unlimited } from "./concurrency.ts"
import type { Concurrency, ConcurrencyRules } from "./concurrency.ts"
import { free } from "./cost.ts"
import type { Cost } from "./cost.ts"
import type { Pace } from "./pace.ts"
import { believed } from "./told-limit.ts"
import type { ToldLimit } from "./told-limit.ts"

/** How much goes to one target, and how much may. Plain data; times are monotonic milliseconds. */
export interface Flow {
  /** Begun or called out of the line, and not over. */
  readonly inFlight: number
  /** Of those begun since the last throttle, the ones not answered yet. */
  readonly unanswered: number
  /** How many throttles there were: what began before one says nothing after it (law 5). */
  readonly generation: number
  /** Throttles in a row, without a success between them. */
  readonly strikes: number
  /** Until when what was found out holds anybody back. */
  readonly heldUntilMs: number
  readonly concurrency: Concurrency
  /** What the user said of the provider's limits. */
  readonly configured: readonly Bucket[]
  /** What the provider said of them. */
  readonly told: Partial<Readonly<Record<keyof Cost, ToldLimit>>>
  /** What was found out, of a provider that says nothing. */
  readonly pace: Pace | undefined
  /** Since when there has been a line, and what was answered since. */
  readonly backlog: { readonly sinceMs: number; readonly answered: number } | undefined
  /** When the last one began. */
  readonly begunAtMs: number
  /** All that was ever sent. */
  readonly sent: Cost
  /** What was sent and has no response yet. */
  readonly unheard: Cost
}

/** The hold of one attempt on the flow. */
export interface Permit {
  readonly cost: Cost
  readonly generation: number
  readonly sinceMs: number
  /** It began while nothing counted, so nobody knows what it takes. */
  readonly isUnestimated?: true
  /** It has been unanswered for so long that it can not have been throttled. */
  readonly isPresumed?: true
}

/** What the provider knew when it spoke. */
export interface Mark {
  readonly atMs: number
  readonly sent: Cost
  readonly unheard: Cost
}

/** How a flow is held back. */
export interface FlowRules {
  readonly concurrency: ConcurrencyRules
  /** Whether nobody is held back, but for what is configured, before the first throttle. */
  readonly waitsForThrottle: boolean
}

/** A flow of which nothing has begun. */
export const still = (configured: readonly Bucket[], { concurrency, waitsForThrottle }: FlowRules): Flow => ({
  inFlight: 0,
  unanswered: 0,
  generation: 0,
  strikes: 0,
  heldUntilMs: waitsForThrottle ? -Infinity : Infinity,
  concurrency: waitsForThrottle ? unlimited : startingAt(concurrency.start),
  configured,
  told: {},
  pace: undefined,
  backlog: undefined,
  begunAtMs: -Infinity,
  sent: free,
  unheard: free,
})

/** Nobody is held back by what was found out for longer than this after the one before: it may be wrong. */
const longestHoldMs = 60_000

/** Whether what was found out holds anybody back. */
export const isHeld = ({ heldUntilMs }: Flow, nowMs: number): boolean => nowMs < heldUntilMs

/** Whether nothing is known that could ever hold anybody back: most flows of most pipelines. */
export const isOpen = ({ heldUntilMs, backlog, configured }: Flow): boolean =>
  heldUntilMs === -Infinity && backlog === undefined && configured.length === 0

/** What the provider said, as long as its answers do not disprove it, and what was found out without it. */
function foundOut({ told: { requests, tokens }, pace }: Flow): readonly Bucket[] {
  return [believed(requests), believed(tokens), pace?.bucket].filter((bucket) => bucket !== undefined)
}

/** All that must hold what an attempt takes. */
export const bucketsOf = (flow: Flow, nowMs: number): readonly Bucket[] =>
  isHeld(flow, nowMs) ? [...flow.configured, ...foundOut(flow)] : flow.configured

/** When all buckets are as far. What was found out ends with the hold, and may be tried in spite of itself. */
function bucketsAtMs(flow: Flow, attempts: number, nowMs: number, atMs: (bucket: Bucket) => number): number {
  const latest = (buckets: readonly Bucket[]): number =>
    buckets.reduce((latestMs, bucket) => Math.max(latestMs, atMs(bucket)), nowMs)
  const knownMs = latest(flow.configured)
  if (!isHeld(flow, nowMs)) return knownMs
  const triedMs = flow.begunAtMs + attempts * longestHoldMs
  return Math.max(knownMs, Math.min(latest(foundOut(flow)), triedMs, flow.heldUntilMs))
}

/** When an attempt may begin, with nobody before it; Infinity when somebody must end or be answered first. */
export function readyAtMs(flow: Flow, cost: Cost, nowMs: number): number {
  if (missingRoom(flow, 1, nowMs) > 0) return isHeld(flow, nowMs) ? flow.heldUntilMs : Infinity
  return bucketsAtMs(flow, 1, nowMs, (bucket) => holdsAtMs(bucket, cost[bucket.of], nowMs))
}

/** When so much can have gone at the soonest: this much is sure. */
export const goneAtMs = (flow: Flow, cost: Cost, nowMs: number): number =>
  bucketsAtMs(flow, cost.requests, nowMs, (bucket) => comesInAtMs(bucket, cost[bucket.of], nowMs))

/** Whether attempts go one by one, until some were answered. */
export const isTrying = ({ concurrency }: Flow): boolean => concurrency.trials < Infinity

/** How many must end or be answered before so many more have begun. */
export function missingRoom(flow: Flow, attempts: number, nowMs: number): number {
  const { concurrency, inFlight, unanswered } = flow
  const limit = isHeld(flow, nowMs) ? concurrency.limit : Infinity
  return Math.max(0, attempts - Math.min(limit - inFlight, concurrency.trials - unanswered))
}
