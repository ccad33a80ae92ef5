import { jittered } from "@bellwether/backoff"
import type { Chance } from "@bellwether/backoff"
import type { Target, Verdict } from "@bellwether/core"
import { isAmbiguous, mayMove, mayRepeat } from "./allowed.ts"
import type { Rules } from "./options.ts"
import type { Candidate, Situation, Try } from "./situation.ts"

/** On to another target, whichever the router prefers of those not excluded. */
export interface Move {
  readonly act: "move"
  /** Ids of the targets that were tried, or that a failure of this call forbids. */
  readonly excluded: ReadonlySet<string>
  readonly waitMs: number
  /** Why the wait, in the words of the trail. */
  readonly reason: string
}

/** Once more on a target that failed. */
export interface Repeat {
  readonly act: "repeat"
  readonly target: Target
  readonly waitMs: number
  /** Why the wait, in the words of the trail. */
  readonly reason: string
  /** Whether it may stand in line there: not while there is somewhere else to go. */
  readonly mayLineUp: boolean
  /** Whether a line says when it goes, instead of a wait here. */
  readonly isPaced: boolean
}

/** The caller gets the failure. */
export interface Stop {
  readonly act: "stop"
  /** What spoke against another try, where one would have been allowed. */
  readonly reason?: string
}

/** What becomes of a call that failed. */
export type Decision = Move | Repeat | Stop

/** Calls that failed together arrive at the next target this far apart, in milliseconds. */
const sidestepMs = 50

/**
 * Decides what becomes of a call that failed (laws 2, 9 and 11): sideways at once; down a tier after one more try
 * on the same target, and so to another plan; when nothing untried is left, repeats; then targets that are
 * unavailable, for which the router waits.
 */
export function decide(situation: Situation, rules: Rules, random: Chance): Decision {
  const { attemptsLeft, repeatable, tries } = situation
  const last = tries.at(-1)
  if (attemptsLeft <= 0) return stop("the call has no attempts left")
  if (last !== undefined && !repeatable && isAmbiguous(last.failure))
    return stop("it may have been done already, and must not be done twice")

  const untried = situation.candidates.filter((candidate) => isOpen(candidate.target, tries, rules))
  const usable = untried.filter(isUsable)
  const tier = last?.target.tier ?? Infinity
  if (usable.some(({ target }) => target.tier <= tier)) return move(situation, rules, random)
  if (usable.length > 0 || situation.elsewhere) {
    const again = last && attemptsLeft > 1 ? onceMore(last, situation, rules, random) : undefined
    return again ?? (usable.length > 0 ? move(situation, rules, random) : { act: "stop" })
  }

  const plans = repeats(situation, rules, random)
  const best = plans.find((plan) => plan.act === "repeat")
  if (best !== undefined) return best
  if (untried.some(({ refused }) => !refused)) return move(situation, rules, random)
  return moveLater(untried, situation, rules, random) ?? plans[0] ?? { act: "stop" }
}

/** Whether the call could go on elsewhere if what is under way failed now with a limit of our own (law 11). */
export function hasAlternative(underWay: readonly Target[], situation: Situation, rules: Rules): boolean {
  const failure = { class: "timeout", code: "timeout", message: "" } as const
  const failing = underWay.map((target): Try => ({ target, failure, endedAtMs: situation.nowMs }))
  const tries = [...situation.tries, ...failing]
  return (
    situation.attemptsLeft > 0 &&
    situation.repeatable &&
    (situation.elsewhere ||
      situation.candidates.some((candidate) => isOpen(candidate.target, tries, rules) && isUsable(candidate)))
  )
}

const stop = (reason: string): Stop => ({ act: "stop", reason })

const isUsable = ({ verdict, refused }: Candidate): boolean => verdict.status !== "unavailable" && !refused

const isOpen = (target: Target, tries: readonly Try[], { contentPolicy }: Rules): boolean =>
  tries.every((tried) => tried.target.id !== target.id && mayMove(tried, target, contentPolicy))

function move({ candidates, tries, nowMs, deadlineMs }: Situation, rules: Rules, random: Chance): Move {
  const closed = candidates.filter(({ target }) => !isOpen(target, tries, rules))
  const waitMs = random.next() * sidestepMs
  return {
    act: "move",
    excluded: new Set(closed.map(({ target }) => target.id)),
    waitMs: nowMs + waitMs < deadlineMs ? waitMs : 0,
    reason: "moving on",
  }
}

/** The one try more that a tier gets before the call leaves it, on the target that failed last. */
function onceMore(last: Try, situation: Situation, rules: Rules, random: Chance): Repeat | undefined {
  const inTier = situation.tries.filter(({ target }) => target.tier === last.target.tier)
  if (new Set(inTier.map(({ target }) => target.id)).size < inTier.length) return undefined
  const candidate = situation.candidates.find(({ target }) => target.id === last.target.id)
  if (candidate === undefined || !isKeptOnlyByPause(candidate, last)) return undefined
  const plan = planRepeat(candidate, situation, rules, random, false)
  return plan?.act === "repeat" ? plan : undefined
}

/** A circuit that has opened is not waited for while another tier is open; a pause for the provider is. */
const isKeptOnlyByPause = (candidate: Candidate, { failure }: Try): boolean =>
  isUsable(candidate) ||
  (!candidate.refused && (failure.retryAfterMs !== undefined || failure.class === "rate-limited"))

/**
 * A plan for each target the table allows to repeat on: lowest tier, then fewest tries, then soonest. Lines in which the
 * turn comes later than patience goes are last, the soonest turn first.
 */
function repeats(situation: Situation, rules: Rules, random: Chance): readonly (Repeat | Stop)[] {
  const plans = situation.candidates.flatMap((candidate) => {
    const { target, verdict } = candidate
    const plan = planRepeat(candidate, situation, rules, random, true)
    if (plan === undefined) return []
    const times = situation.tries.filter((tried) => tried.target.id === target.id).length
    const waitMs = plan.act === "repeat" ? waitOf(plan, verdict, situation.nowMs) : Number.MAX_VALUE
    const isLate = plan.act === "repeat" && plan.isPaced && waitMs > rules.patienceMs
    return [{ plan, lateMs: isLate ? waitMs : 0, tier: target.tier, times, waitMs }]
  })
  return plans
    .toSorted((a, b) => a.lateMs - b.lateMs || a.tier - b.tier || a.times - b.times || a.waitMs - b.waitMs)
    .map(({ plan }) => plan)
}

const waitOf = ({ isPaced, waitMs }: Repeat, verdict: Verdict, nowMs: number): number =>
  isPaced && verdict.status === "unavailable" && verdict.untilMs !== undefined
    ? verdict.untilMs - nowMs
    : waitMs

/** When to repeat on a target, or what speaks against it; nothing when the table does. */
function planRepeat(
  { target, verdict, affordable, refused, previousMs }: Candidate,
  { tries, candidates, elsewhere, nowMs, deadlineMs }: Situation,
  rules: Rules,
  random: Chance,
  mayLineUp: boolean,
): Repeat | Stop | undefined {
  const own = tries.filter((tried) => tried.target.id === target.id)
  const last = own.at(-1)
  const sole = candidates.length === 1 && !elsewhere
  if (last === undefined || own.length > rules.repeats || !mayRepeat(last.failure, own.length - 1, sole))
    return undefined
  const { failure, endedAtMs } = last

  const parkPasses =
    verdict.status === "unavailable" && verdict.parked && (sole || failure.sameTarget === true)
  // In line the turn comes for sure, so it is worth a longer wait; whether it comes in time the line knows.
  const lineMs = mayLineUp && !refused && verdict.status === "unavailable" ? verdict.lineMs : undefined
  const isBack = verdict.status !== "unavailable" || parkPasses || lineMs !== undefined
  const backAtMs = isBack ? nowMs : (verdict.untilMs ?? Infinity)
  if (backAtMs === Infinity || (refused && backAtMs <= nowMs))
    return stop(`${target.id} takes no attempt now`)
  const { retryAfterMs } = failure
  const patienceMs = Math.max(sole ? rules.soloPatienceMs : rules.patienceMs, lineMs ?? 0)
  const hintMs = Math.max(retryAfterMs ?? 0, backAtMs - endedAtMs)
  // Who was refused after a wait goes on with the same patience, else whoever finds a gate closed again waits for ever.
  const patientSinceMs = refused ? (tries.at(-1)?.endedAtMs ?? nowMs) : nowMs
  if (endedAtMs + hintMs - patientSinceMs > patienceMs)
    return stop(`${target.id} wants to be left alone for too long`)

  const hinted = retryAfterMs !== undefined || backAtMs > nowMs
  const backoff = failure.class === "rate-limited" ? rules.throttledBackoff : rules.backoff
  const pauseMs = hinted ? jittered(hintMs, random) : backoff(own.length, previousMs, random)
  const isPaced = lineMs !== undefined && failure.class === "rate-limited"
  const waitMs = isPaced ? 0 : Math.max(0, endedAtMs + pauseMs - nowMs)
  if (nowMs + waitMs >= deadlineMs) return stop("another try would begin after the deadline")
  if (!affordable) return stop(`the retry budget of ${target.id} is spent`)
  const reason = hinted ? `${target.id} asked to wait` : "backoff"
  return { act: "repeat", target, waitMs, reason, mayLineUp, isPaced }
}

/** Without a router, a target that is back soon is worth waiting for. */
function moveLater(
  untried: readonly Candidate[],
  situation: Situation,
  rules: Rules,
  random: Chance,
): Move | undefined {
  const { nowMs, deadlineMs, unrouted, candidates } = situation
  if (!unrouted) return undefined
  const backAtMs = Math.min(
    ...untried.map(({ verdict }) =>
      verdict.status === "unavailable" && !verdict.parked ? (verdict.untilMs ?? Infinity) : Infinity,
    ),
  )
  const waitMs = jittered(backAtMs - nowMs, random)
  const patienceMs = candidates.length === 1 ? rules.soloPatienceMs : rules.patienceMs
  if (backAtMs - nowMs > patienceMs || nowMs + waitMs >= deadlineMs) return undefined
  return { ...move(situation, rules, random), waitMs, reason: "every target is closed" }
}
