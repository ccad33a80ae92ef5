import type { BellwetherOptions } from "bellwether"
import { circuits } from "./circuits.ts"
import type { Finding, Traffic } from "./finding.ts"
import { inertOptions } from "./inert-options.ts"
import { play } from "./play.ts"
import type { Outcome, Question } from "./play.ts"
import { scenarios } from "./scenario.ts"
import { timers } from "./timers.ts"

/** The worst that a config can do to a call. */
export interface Plan {
  readonly question: Question
  /** A call takes no more attempts, whatever happens. */
  readonly mostAttempts: number
  /** A call commits or fails within so many milliseconds, whatever happens. */
  readonly longestMs: number
  readonly outcomes: readonly Outcome[]
  readonly findings: readonly Finding[]
}

/** Plays the worst scenarios with this config in virtual time, and looks for what will not do what it says. */
export async function planOf(
  options: BellwetherOptions,
  question: Question,
  traffic: Traffic,
): Promise<Plan> {
  const outcomes: Outcome[] = []
  for (const scenario of scenarios) outcomes.push(await play(options, scenario, question))
  return {
    question,
    mostAttempts: options.attempts ?? 8,
    longestMs: options.deadlineMs ?? 600_000,
    outcomes,
    findings: [timers, circuits, inertOptions].flatMap((search) => search(options, traffic)),
  }
}
