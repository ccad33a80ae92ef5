import type { Target, Verdict } from "@bellwether/core"
import type { Equals } from "./strategy.ts"

/** A target the router may choose, as it stands at the moment. */
export interface Candidate {
  readonly target: Target
  readonly verdict: Verdict
  /** The caller's wish: see `WishOf`. */
  readonly wish: number
  /** It is coming back, and this call should rather go elsewhere. */
  readonly spared: boolean
}

/** How one is chosen among targets that are equal in all that is compared, and why, for the trail. */
export interface Chooser {
  readonly reason: string
  pick(targets: Equals): Target
}

/** The target to use now, and why. */
export interface Best {
  readonly target: Target
  readonly reason: string
}

/**
 * The target to use now: one that is not spared before one that is, as the caller wishes, of the lowest tier that has
 * one, an available one before a degraded one, and of these one by strategy. Nothing when all are unavailable.
 */
export function bestOf(candidates: readonly Candidate[], chooser: Chooser): Best | undefined {
  let best: Candidate[] = []
  let usable = 0
  for (const candidate of candidates) {
    if (candidate.verdict.status === "unavailable") continue
    usable++
    const difference = best[0] === undefined ? -1 : compare(candidate, best[0])
    if (difference < 0) best = [candidate]
    else if (difference === 0) best.push(candidate)
  }
  const [first, ...others] = best
  if (first === undefined) return undefined
  const isAlone = others.length === 0
  return {
    target: isAlone ? first.target : chooser.pick([first.target, ...others.map(({ target }) => target)]),
    reason: usable === 1 ? "only one available" : whyBest(first, isAlone ? healthiest : chooser.reason),
  }
}

const healthiest = "healthiest of the lowest tier left"

const whyBest = ({ wish }: Candidate, otherwise: string): string =>
  wish < 0 ? "preferred by the caller" : otherwise

/** Why a target was not chosen that would have come before the chosen one, or might have; `undefined` for others. */
export function whySkipped({ target, verdict, wish, spared }: Candidate, chosen: Target): string | undefined {
  if (target === chosen || (target.tier > chosen.tier && wish >= 0)) return undefined
  if (verdict.status === "unavailable") return verdict.reason
  if (spared) return "back only now: takes a growing share of the calls"
  return wish > 0 ? "avoided by the caller" : undefined
}

/** All unavailable targets, the least bad first: not parked, back soonest, of the lowest tier. */
export function leastBad(candidates: readonly Candidate[]): readonly Target[] {
  const badness = candidates.map(({ target, verdict }) => ({
    target,
    isParked: verdict.status === "unavailable" && verdict.parked === true,
    untilMs: verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : 0,
  }))
  return badness
    .toSorted(
      (a, b) =>
        Number(a.isParked) - Number(b.isParked) ||
        difference(a.untilMs, b.untilMs) ||
        a.target.tier - b.target.tier,
    )
    .map(({ target }) => target)
}

const compare = (a: Candidate, b: Candidate): number =>
  Number(a.spared) - Number(b.spared) ||
  a.wish - b.wish ||
  a.target.tier - b.target.tier ||
  Number(isDegraded(a)) - Number(isDegraded(b))

const isDegraded = ({ verdict }: Candidate): boolean => verdict.status === "degraded"

/** Infinity equals itself. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b)
