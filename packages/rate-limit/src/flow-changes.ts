import type { RateLimits } from "@bellwether/wire"
import { drained } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import { lowered, proven, raised, unlimited } from "./concurrency.ts"
import { difference, free, sum } from "./cost.ts"
import type { Cost } from "./cost.ts"
import { isHeld, isTrying } from "./flow.ts"
import type { Flow, FlowRules, Mark, Permit } from "./flow.ts"
import { hastened, slowed } from "./pace.ts"
import { believed, confirmed, learnt } from "./told-limit.ts"
import type { ToldLimit } from "./told-limit.ts"

/** After so long without a throttle, what was found out is forgotten by who waits for a throttle. */
const calmMs = 600_000

function changed(
  { requests, tokens }: Flow["told"],
  change: (limit: ToldLimit | undefined, of: keyof Cost) => ToldLimit | undefined,
): Flow["told"] {
  const [newRequests, newTokens] = [change(requests, "requests"), change(tokens, "tokens")]
  return { ...(newRequests && { requests: newRequests }), ...(newTokens && { tokens: newTokens }) }
}

/** Takes out of every bucket. */
function paid(flow: Flow, cost: Cost, nowMs: number): Flow {
  const pay = (bucket: Bucket): Bucket => drained(bucket, cost[bucket.of], nowMs)
  const { configured, told, pace } = flow
  return {
    ...flow,
    configured: configured.map(pay),
    told: changed(told, (limit) => limit && { ...limit, bucket: pay(limit.bucket) }),
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
    begunAtMs: nowMs,
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
  const now = presumed(flow, permit)
  const { backlog, pace } = now
  const isPressed = isHeld(now, nowMs) && backlog !== undefined
  return {
    ...now,
    strikes: 0,
    concurrency: raised(now.concurrency, now.inFlight, concurrency),
    pace: isPressed && pace !== undefined ? hastened(pace, nowMs) : pace,
    backlog: backlog && { ...backlog, answered: backlog.answered + 1 },
  }
}

/** The attempt was not throttled, whatever else becomes of it. */
export function presumed(flow: Flow, permit: Permit): Flow {
  if (!isCurrent(flow, permit) || permit.isPresumed) return flow
  return { ...flow, unanswered: flow.unanswered - 1, concurrency: proven(flow.concurrency) }
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
  const isWaitedFor = !wasAnswered && !permit.isPresumed && isCurrent(flow, permit)
  return { ...flow, inFlight: flow.inFlight - 1, unanswered: flow.unanswered - (isWaitedFor ? 1 : 0) }
}

/** The provider has throttled the attempt. Those that were under way with it are throttled for the same reason. */
export function throttled(flow: Flow, permit: Permit, nowMs: number, { concurrency }: FlowRules): Flow {
  if (!isCurrent(flow, permit)) return flow
  const { backlog, told } = flow
  const isTold = believed(told.requests) !== undefined || believed(told.tokens) !== undefined
  const before = isHeld(flow, nowMs) || isTrying(flow) ? flow : { concurrency: unlimited, pace: undefined }
  const lower = lowered(before.concurrency, flow.inFlight, concurrency)
  // Where a lower limit on attempts at once may be all that is needed, it is tried first.
  const isPaceToBlame = !isTold && lower.limit === before.concurrency.limit
  return {
    ...flow,
    unanswered: 0,
    generation: flow.generation + 1,
    strikes: flow.strikes + 1,
    heldUntilMs: Math.max(flow.heldUntilMs, nowMs + calmMs),
    concurrency: lower,
    told: changed(told, (limit) => limit && confirmed(limit)),
    pace: isPaceToBlame ? slowed(before.pace, measured(flow, nowMs), nowMs) : before.pace,
    backlog: backlog && { sinceMs: nowMs, answered: 0 },
  }
}

/** What the provider takes is known only of a time in which somebody always wanted more. */
function measured({ backlog }: Flow, nowMs: number): number | undefined {
  if (backlog === undefined || backlog.answered === 0 || backlog.sinceMs >= nowMs) return undefined
  return backlog.answered / (nowMs - backlog.sinceMs)
}

/**
 * Takes in what the headers of a response say.
 *
 * @param taken what the attempt held that was answered with them; `undefined` where it was not answered
 */
export function taught(
  flow: Flow,
  said: RateLimits,
  { atMs, sent, unheard }: Mark,
  nowMs: number,
  taken: Permit | undefined,
): Flow {
  const sentSince = difference(flow.sent, sent)
  const learn = (before: ToldLimit | undefined, of: keyof Cost): ToldLimit | undefined => {
    const facts = said[of]
    if (facts === undefined) return before
    const hearing = { atMs, sent: sent[of], unheard: unheard[of], sentSince: sentSince[of] }
    const attempt = taken && { sinceMs: taken.sinceMs, amount: taken.cost[of] }
    return learnt(before, of, facts, hearing, attempt, nowMs)
  }
  return { ...flow, told: changed(flow.told, learn) }
}

/** Somebody waits, or nobody does any more. */
export function lined(flow: Flow, isWaiting: boolean, nowMs: number): Flow {
  if (isWaiting === (flow.backlog !== undefined)) return flow
  return { ...flow, backlog: isWaiting ? { sinceMs: nowMs, answered: 0 } : undefined }
}

/**
 * When the hold is over, what was found out is forgotten; but not where somebody waits, for who waits may be many: then
 * they go one by one at first, as after a pause, and a throttle finds all as it was.
 */
export function relaxed(flow: Flow, nowMs: number): Flow {
  if (isHeld(flow, nowMs)) return flow
  if (flow.backlog === undefined) return forgotten(flow)
  if (flow.heldUntilMs === -Infinity) return flow
  return {
    ...flow,
    unanswered: 0,
    generation: flow.generation + 1,
    heldUntilMs: -Infinity,
    concurrency: { ...unlimited, trials: 1 },
  }
}

const forgotten = (flow: Flow): Flow => ({
  ...flow,
  strikes: 0,
  heldUntilMs: -Infinity,
  concurrency: unlimited,
  told: {},
  pace: undefined,
})
