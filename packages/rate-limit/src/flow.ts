import { comesInAtMs, holdsAtMs } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import { startingAt, unlimited } from "./concurrency.ts"
import type { Concurrency, ConcurrencyRules } from "./concurrency.ts"
import { free } from "./cost.ts"
import type { Cost } from "./cost.ts"
import type { Pace } from "./pace.ts"

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
  readonly told: Partial<Readonly<Record<keyof Cost, Bucket>>>
  /** What was found out, of a provider that says nothing. */
  readonly pace: Pace | undefined
  /** Since when there has been a line, and what was answered since. */
  readonly backlog: { readonly sinceMs: number; readonly answered: number } | undefined
  /** All that was ever sent. */
  readonly sent: Cost
  /** What was sent and has no response yet. */
  readonly unheard: Cost
}

/** The hold of one attempt on the flow. */
export interface Permit {
  readonly cost: Cost
  readonly generation: number
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
  sent: free,
  unheard: free,
})

/** Whether what was found out holds anybody back. */
export const isHeld = ({ heldUntilMs, backlog }: Flow, nowMs: number): boolean =>
  nowMs < heldUntilMs || (backlog !== undefined && backlog.sinceMs < heldUntilMs)

/** Whether nothing is known that could ever hold anybody back: most flows of most pipelines. */
export const isOpen = ({ heldUntilMs, configured }: Flow): boolean =>
  heldUntilMs === -Infinity && configured.length === 0

/** All that must hold what an attempt takes. */
export function bucketsOf(flow: Flow, nowMs: number): readonly Bucket[] {
  if (!isHeld(flow, nowMs)) return flow.configured
  const { requests, tokens } = flow.told
  return [...flow.configured, requests, tokens, flow.pace?.bucket].filter((bucket) => bucket !== undefined)
}

/** Whether there is a place among those under way. */
function hasRoom({ concurrency: { limit, trials }, inFlight, unanswered }: Flow): boolean {
  return inFlight < limit && unanswered < trials
}

/** When an attempt may begin, with nobody before it; Infinity when somebody must end or be answered first. */
export function readyAtMs(flow: Flow, cost: Cost, nowMs: number): number {
  if (isHeld(flow, nowMs) && !hasRoom(flow)) return Infinity
  return latest(bucketsOf(flow, nowMs), (bucket) => holdsAtMs(bucket, cost[bucket.of], nowMs), nowMs)
}

/** When so much can have gone at the soonest: this much is sure. */
export function goneAtMs(flow: Flow, cost: Cost, nowMs: number): number {
  return latest(bucketsOf(flow, nowMs), (bucket) => comesInAtMs(bucket, cost[bucket.of], nowMs), nowMs)
}

/** Whether attempts go one by one, until some were answered. */
export const isTrying = (flow: Flow, nowMs: number): boolean =>
  flow.concurrency.trials < Infinity && isHeld(flow, nowMs)

/** How many must end or be answered before so many more have begun. */
export function missingRoom(flow: Flow, attempts: number, nowMs: number): number {
  if (!isHeld(flow, nowMs)) return 0
  const { concurrency, inFlight, unanswered } = flow
  const room = Math.min(concurrency.limit - inFlight, concurrency.trials - unanswered)
  return Math.max(0, attempts - room)
}

const latest = (buckets: readonly Bucket[], atMs: (bucket: Bucket) => number, nowMs: number): number =>
  buckets.reduce((latestMs, bucket) => Math.max(latestMs, atMs(bucket)), nowMs)
