import type { LoadedConfig } from "@bellwether/config"
import { bellwether } from "bellwether"
import { budgets } from "./budgets.ts"
import { circuits } from "./circuits.ts"
import { boundsOf } from "./defaults.ts"
import { endpoints } from "./endpoints.ts"
import type { Finding, Question, Subject } from "./finding.ts"
import { inertOptions } from "./inert-options.ts"
import { models } from "./models.ts"
import { play } from "./play.ts"
import type { Outcome } from "./play.ts"
import { playable } from "./playable.ts"
import { priceReader } from "./price-reader.ts"
import { scenarios } from "./scenario.ts"
import { timers } from "./timers.ts"

/** The worst that a config can do to a call. Plain JSON. */
export interface Plan {
  readonly question: Question
  /** A call takes no more attempts, whatever happens. */
  readonly mostAttempts: number
  /** A call commits or fails within so many milliseconds, whatever happens. */
  readonly longestMs: number
  /** Empty where no call would be made at all. */
  readonly outcomes: readonly Outcome[]
  /** Why no call would be made; `null` where calls are made. */
  readonly refusal: string | null
  /** Plugins of `use`, which are not played: nobody knows what they would do. */
  readonly unplayed: readonly string[]
  readonly findings: readonly Finding[]
}

const searches = [endpoints, models, timers, circuits, budgets, inertOptions]

/**
 * Plays the worst scenarios with this config in virtual time, and looks for what will not do what it says. Nothing is
 * sent, and no key is fetched.
 *
 * @param callsPerMinute the traffic there will be; `undefined` when nobody knows
 */
export async function planOf(
  { options, gateway }: Pick<LoadedConfig, "options" | "gateway">,
  question: Question,
  callsPerMinute: number | undefined,
): Promise<Plan> {
  const outcomes: Outcome[] = []
  for (const scenario of scenarios) outcomes.push(await play(options, scenario, question))
  const isMade = outcomes.some(({ attempts }) => attempts > 0)
  const { attempts, deadlineMs } = boundsOf(options)
  const subject = { options, gateway, question, callsPerMinute, ...(await targetsOf(options, question)) }
  return {
    question,
    mostAttempts: attempts,
    longestMs: deadlineMs,
    outcomes: isMade ? outcomes : [],
    refusal: isMade ? null : (outcomes[0]?.reason ?? null),
    unplayed: (options.use ?? []).map(({ name }) => name),
    findings: searches.flatMap((search) => search(subject)),
  }
}

async function targetsOf(
  options: Subject["options"],
  question: Question,
): Promise<Pick<Subject, "targets" | "usdAt">> {
  const prices = priceReader(question)
  await using pipeline = bellwether({ ...playable(options), use: [prices.plugin] })
  return {
    targets: pipeline.inspect().targets,
    usdAt: (target) => prices.usdAt(target, question.model),
  }
}
