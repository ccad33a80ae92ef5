import type { RateLimits } from "@bellwether/wire"
import { comesInAtMs, drained, holdsAtMs } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import { lowered, raised, startingAt, unlimited } from "./concurrency.ts"
import type { Concurrency, ConcurrencyRules } from "./concurrency.ts"
import { difference, free, sum } from "./cost.ts"
import type { Cost } from "./cost.ts"
import { hastened, slowed } from "./pace.ts"
import type { Pace } from "./pace.ts"
import { told } from "./told.ts"

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

/** After so long without a throttle, what was found out is forgotten by who waits for a throttle. */
const calmMs = 600_000

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

/** How many must end or be answered before so many more have begun. */
export function missingRoom(flow: Flow, attempts: number, nowMs: number): number {
  if (!isHeld(flow, nowMs)) return 0
  const { concurrency, inFlight, unanswered } = flow
  const room = Math.min(concurrency.limit - inFlight, concurrency.trials - unanswered)
  return Math.max(0, attempts - room)
}

const latest = (buckets: readonly Bucket[], atMs: (bucket: Bucket) => number, nowMs: number): number =>
  buckets.reduce((latestMs, bucket) => Math.max(latestMs, atMs(bucket)), nowMs)

/** Takes out of every bucket. */
function paid(flow: Flow, cost: Cost, nowMs: number): Flow {
  const pay = <T extends Bucket | undefined>(bucket: T): Bucket | T =>
    bucket === undefined ? bucket : drained(bucket, cost[bucket.of], nowMs)
  const {
    configured,
    told: { requests, tokens },
    pace,
  } = flow
  return {
    ...flow,
    configured: configured.map(pay),
    told: { ...(requests && { requests: pay(requests) }), ...(tokens && { tokens: pay(tokens) }) },
    pace: pace && { ...pace, bucket: pay(pace.bucket) },
  }
}

/** With one attempt more. */
export function begun(flow: Flow, cost: Cost, nowMs: number): Flow {
  const now = paid(flow, cost, nowMs)
  return {
    ...now,
    inFlight: now.inFlight + 1,
    unanswered: now.unanswered + 1,
    sent: sum(now.sent, cost),
    unheard: sum(now.unheard, cost),
  }
}

/** As if the attempt had never begun. */
export function undone(flow: Flow, permit: Permit, nowMs: number): Flow {
  const { cost } = permit
  const now = over(heard(paid(flow, difference(free, cost), nowMs), permit), permit, false)
  return { ...now, sent: difference(now.sent, cost) }
}

/** The provider has responded to the attempt, or never will. */
export const heard = (flow: Flow, { cost }: Permit): Flow => ({
  ...flow,
  unheard: difference(flow.unheard, cost),
})

const isCurrent = (flow: Flow, { generation }: Permit): boolean => generation === flow.generation

/** The attempt has reached its commit point: it was not throttled. */
export function answered(flow: Flow, permit: Permit, nowMs: number, { concurrency }: FlowRules): Flow {
  if (!isCurrent(flow, permit)) return flow
  const { backlog, pace } = flow
  const isPressed = isHeld(flow, nowMs) && backlog !== undefined
  return {
    ...flow,
    unanswered: flow.unanswered - 1,
    strikes: 0,
    concurrency: raised(flow.concurrency, flow.inFlight, concurrency),
    pace: isPressed && pace !== undefined ? hastened(pace, nowMs) : pace,
    backlog: backlog && { ...backlog, answered: backlog.answered + 1 },
  }
}

/** The attempt is over, and has used so many tokens; `undefined` when nobody knows. */
export function ended(
  flow: Flow,
  permit: Permit,
  tokens: number | undefined,
  wasAnswered: boolean,
  nowMs: number,
): Flow {
  const more = tokens === undefined ? 0 : tokens - permit.cost.tokens
  return over(more === 0 ? flow : paid(flow, { requests: 0, tokens: more }, nowMs), permit, wasAnswered)
}

function over(flow: Flow, permit: Permit, wasAnswered: boolean): Flow {
  const isWaitedFor = !wasAnswered && isCurrent(flow, permit)
  return { ...flow, inFlight: flow.inFlight - 1, unanswered: flow.unanswered - (isWaitedFor ? 1 : 0) }
}

/** The provider has throttled the attempt. Those that were under way with it are throttled for the same reason. */
export function throttled(flow: Flow, permit: Permit, nowMs: number, { concurrency }: FlowRules): Flow {
  if (!isCurrent(flow, permit)) return flow
  const wasHeld = isHeld(flow, nowMs)
  const {
    backlog,
    told: { requests, tokens },
  } = flow
  const isTold = requests !== undefined || tokens !== undefined
  const pace = wasHeld ? flow.pace : undefined
  return {
    ...flow,
    unanswered: 0,
    generation: flow.generation + 1,
    strikes: flow.strikes + 1,
    heldUntilMs: Math.max(flow.heldUntilMs, nowMs + calmMs),
    concurrency: lowered(wasHeld ? flow.concurrency : unlimited, flow.inFlight, concurrency),
    pace: isTold ? pace : slowed(pace, measured(flow, nowMs), nowMs),
    backlog: backlog && { sinceMs: nowMs, answered: 0 },
  }
}

/** What the provider takes is known only of a time in which somebody always wanted more. */
function measured({ backlog }: Flow, nowMs: number): number | undefined {
  if (backlog === undefined || backlog.answered === 0 || backlog.sinceMs >= nowMs) return undefined
  return backlog.answered / (nowMs - backlog.sinceMs)
}

/** Takes in what the headers of a response say. */
export function taught(flow: Flow, said: RateLimits, mark: Mark, nowMs: number): Flow {
  const sentSince = difference(flow.sent, mark.sent)
  const learn = (of: keyof Cost): Bucket | undefined => {
    const facts = said[of]
    const before = flow.told[of]
    if (facts === undefined) return before
    const hearing = { atMs: mark.atMs, unheard: mark.unheard[of], sentSince: sentSince[of] }
    return told(before, of, facts, hearing, nowMs)
  }
  const requests = learn("requests")
  const tokens = learn("tokens")
  return { ...flow, told: { ...(requests && { requests }), ...(tokens && { tokens }) } }
}

/** Somebody waits, or nobody does any more. */
export function lined(flow: Flow, isWaiting: boolean, nowMs: number): Flow {
  if (isWaiting === (flow.backlog !== undefined)) return flow
  return { ...flow, backlog: isWaiting ? { sinceMs: nowMs, answered: 0 } : undefined }
}
