import type { Target } from "@bellwether/core"
import { leastBad } from "./rank.ts"
import type { Best, Candidate } from "./rank.ts"

/** What to do when every target is unavailable (law 10). */
export type OnUnavailable = "wait-then-panic" | "panic" | "fail"

/** Ids of targets. */
type Ids = Pick<ReadonlySet<string>, "has">

/** All that the next step of a call without an available target depends on. Times are monotonic milliseconds. */
export interface Scene {
  /** Where the call may go, in declared order; all are unavailable. */
  readonly candidates: readonly Candidate[]
  /** Whether it is all the call ever had: then a park alone does not stop it (law 11). */
  readonly sole: boolean
  /** Those that refused this call since it last waited. */
  readonly refused: Ids
  /** Those that have no line for this call, or whose line was of no use, since it last waited. */
  readonly lineless: Ids
  /** Those where the call would wait in line in vain. */
  readonly hopeless: Ids
  /** Those that must not be panicked on: somebody is at it, or this call was. */
  readonly panicked: Ids
  readonly onUnavailable: OnUnavailable
  readonly nowMs: number
  /** When the call's patience, or its time, is over. */
  readonly patientUntilMs: number
}

/** What the router does next. */
export type Step =
  | ({ readonly act: "try" } & Best)
  /** At the first of these that has a place for the call. */
  | { readonly act: "line-up"; readonly targets: readonly Target[] }
  /** Until a target is back, or until something changes, and no longer than to the latest. */
  | { readonly act: "wait"; readonly untilMs: number; readonly latestMs: number }
  /** On the first of these that can pay. */
  | { readonly act: "panic"; readonly targets: readonly Target[] }
  | { readonly act: "refuse" }

/** What becomes of a call when no target is available (law 10). */
export function nextStep(scene: Scene): Step {
  const { candidates, sole, refused, panicked, onUnavailable } = scene
  const [only] = candidates
  if (sole && only !== undefined && isParked(only) && !isVetoed(only) && !refused.has(only.target.id))
    return { act: "try", target: only.target, reason: "only target of the call" }
  if (onUnavailable === "fail") return { act: "refuse" }
  const wait = onUnavailable === "wait-then-panic" ? (lineUp(scene) ?? waitFor(scene)) : undefined
  const isLeft = ({ id }: Target): boolean => !panicked.has(id)
  return wait ?? { act: "panic", targets: leastBad(candidates.filter(isBearable)).filter(isLeft) }
}

/** In line a call knows that its turn comes; where it is back soonest, it comes soonest. */
function lineUp({ candidates, lineless }: Scene): Step | undefined {
  const lines = candidates.filter((candidate) => !isParked(candidate) && !lineless.has(candidate.target.id))
  return lines.length === 0 ? undefined : { act: "line-up", targets: leastBad(lines) }
}

/** A time that has come while its target still refuses must not be waited for without time passing. */
const shortestWaitMs = 10

function waitFor({ candidates, hopeless, nowMs, patientUntilMs }: Scene): Step | undefined {
  const waiting = candidates.filter((candidate) => !isParked(candidate) && !hopeless.has(candidate.target.id))
  const soonestMs = Math.max(Math.min(...waiting.map(backAtMs)), nowMs + shortestWaitMs)
  if (soonestMs <= patientUntilMs) return { act: "wait", untilMs: soonestMs, latestMs: patientUntilMs }
  // Of a target without a time (its circuit is being probed) the board will tell.
  const mayChange = waiting.some((candidate) => backAtMs(candidate) === Infinity)
  return mayChange && nowMs < patientUntilMs
    ? { act: "wait", untilMs: patientUntilMs, latestMs: patientUntilMs }
    : undefined
}

const isVetoed = ({ verdict }: Candidate): boolean =>
  verdict.status === "unavailable" && verdict.veto === true

const isBearable = (candidate: Candidate): boolean => !isVetoed(candidate)

const isParked = ({ verdict }: Candidate): boolean =>
  verdict.status === "unavailable" && verdict.parked === true

/** When a candidate is available again; Infinity when nobody knows. */
export const backAtMs = ({ verdict }: Candidate): number =>
  verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : Infinity
