import type { FailureClass } from "@bellwether/wire"
import type { Failure, Target, Verdict } from "@bellwether/core"
import { readOptions } from "../src/options.ts"
import type { Candidate, Situation, Try } from "../src/situation.ts"

/** A target by its id: `alpha/main`. */
export const target = (id: string, tier = 0, more: Partial<Target> = {}): Target => {
  const [endpoint = id, key = "main"] = id.split("/")
  return { id, endpoint, key, tier, weight: 1, prefill: false, ...more }
}

export const failure = (failureClass: FailureClass, more: Partial<Failure> = {}): Failure => ({
  class: failureClass,
  code: failureClass,
  message: `It was ${failureClass}.`,
  ...more,
})

/** The moment all situations are looked at. */
export const nowMs = 10_000

export const tried = (where: Target, failureClass: FailureClass, more: Partial<Failure> = {}): Try => ({
  target: where,
  failure: failure(failureClass, more),
  endedAtMs: nowMs,
})

export const candidate = (where: Target, more: Partial<Candidate> = {}): Candidate => ({
  target: where,
  verdict: { status: "available" },
  affordable: true,
  refused: false,
  previousMs: 0,
  ...more,
})

/** Unavailable for so many milliseconds from now; without a number, for nobody knows how long. */
export const closedFor = (ms?: number, parked = false): Verdict => ({
  status: "unavailable",
  reason: "closed",
  ...(ms !== undefined && { untilMs: nowMs + ms }),
  ...(parked && { parked: true }),
})

export const situation = (
  candidates: readonly (Target | Candidate)[],
  tries: readonly Try[],
  more: Partial<Situation> = {},
): Situation => ({
  candidates: candidates.map((each) => ("target" in each ? each : candidate(each))),
  tries,
  repeatable: true,
  attemptsLeft: 6,
  unrouted: false,
  elsewhere: false,
  nowMs,
  deadlineMs: nowMs + 600_000,
  ...more,
})

export const rules = readOptions({})

/** Chance that always says the same. */
export const drawing = (drawn: number): { readonly next: () => number } => ({ next: () => drawn })
