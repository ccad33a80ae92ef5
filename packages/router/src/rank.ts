import type { Target, Verdict } from "@bellwether/core"

/** A target the router may choose, as it stands at the moment. */
export interface Candidate {
  readonly target: Target
  readonly verdict: Verdict
}

/** Orders targets that are equal in tier and health; see `Strategy.order`. */
export type Order = (targets: readonly Target[]) => readonly Target[]

/**
 * The target to use now: of the lowest tier that has one, an available one before a degraded one, and of these the
 * one the strategy puts first. Nothing when all are unavailable.
 */
export function bestOf(candidates: readonly Candidate[], order: Order): Target | undefined {
  let best: Candidate[] = []
  for (const candidate of candidates) {
    if (candidate.verdict.status === "unavailable") continue
    const difference = best[0] === undefined ? -1 : compare(candidate, best[0])
    if (difference < 0) best = [candidate]
    else if (difference === 0) best.push(candidate)
  }
  return best.length > 1 ? order(best.map(({ target }) => target))[0] : best[0]?.target
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
  a.target.tier - b.target.tier || Number(isDegraded(a)) - Number(isDegraded(b))

const isDegraded = ({ verdict }: Candidate): boolean => verdict.status === "degraded"

/** Infinity equals itself. */
const difference = (a: number, b: number): number => (a === b ? 0 : a - b)
