import type { Target } from "@bellwether/core"
import { leastBad } from "./rank.ts"
import type { Best, Candidate } from "./rank.ts"

/** What to do when every target is unavailable (law 10). */
export type OnUnavailable = "wait-then-panic" | "panic" | "fail"

/** All that the next step of a call without an available target depends on. Times are monotonic milliseconds. */
export interface Scene {
  /** Where the call may go, in declared order; all are unavailable. */
  readonly candidates: readonly Candidate[]
  /** Whether it is all the call ever had: then a park alone does not stop it (law 11). */
  readonly sole: boolean
  /** Ids of targets that refused this call since it last waited. */
  readonly refused: Pick<ReadonlySet<string>, "has">
  /** Ids of targets that must not be panicked on: somebody is at it, or this call was. */
  readonly panicked: Pick<ReadonlySet<string>, "has">
  readonly onUnavailable: OnUnavailable
  readonly nowMs: number
  /** When the call's patience, or its time, is over. */
  readonly patientUntilMs: number
}

/** What the router does next. */
export type Step =
  | ({ readonly act: "try" } & Best)
  /** Until a target is back, or until something changes, and no longer than to the latest. */
  | { readonly act: "wait"; readonly untilMs: number; readonly latestMs: number }
  /** On the first of these that can pay. */
  | { readonly act: "panic"; readonly targets: readonly Target[] }
  | { readonly act: "refuse" }

/** What becomes of a call when no target is available (law 10). */
export function nextStep(scene: Scene): Step {
  const { candidates, sole, refused, panicked, onUnavailable } = scene
  const [only] = candidates
  if (sole && only !== undefined && isParked(only) && !refused.has(only.target.id))
    return { act: "try", target: only.target, reason: "only target of the call" }
  if (onUnavailable === "fail") return { act: "refuse" }
  const wait = onUnavailable === "wait-then-panic" ? waitFor(scene) : undefined
  return wait ?? { act: "panic", targets: leastBad(candidates).filter(({ id }) => !panicked.has(id)) }
}

/** A time that has come while its target still refuses must not be waited for without time passing. */
const shortestWaitMs = 10

function waitFor({ candidates, nowMs, patientUntilMs }: Scene): Step | undefined {
  const waiting = candidates.filter((candidate) => !isParked(candidate))
  const soonestMs = Math.max(Math.min(...waiting.map(untilMs)), nowMs + shortestWaitMs)
  if (soonestMs <= patientUntilMs) return { act: "wait", untilMs: soonestMs, latestMs: patientUntilMs }
  // Of a target without a time (its circuit is being probed) the board will tell.
  const mayChange = waiting.some((candidate) => untilMs(candidate) === Infinity)
  return mayChange && nowMs < patientUntilMs
    ? { act: "wait", untilMs: patientUntilMs, latestMs: patientUntilMs }
    : undefined
}

const isParked = ({ verdict }: Candidate): boolean =>
  verdict.status === "unavailable" && verdict.parked === true

const untilMs = ({ verdict }: Candidate): number =>
  verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : Infinity
