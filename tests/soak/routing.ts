import { seededRandom, systemClock } from "@bellwether/core"
import type { Random } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider, Injection } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions } from "bellwether"
import { answerText } from "../support/answer-text.ts"
import { questions } from "../support/questions.ts"
import { readBody } from "../support/read-body.ts"
import { drawEpisodes } from "./episodes.ts"
import type { Episode } from "./episodes.ts"
import { watchRouting } from "./routing-watch.ts"
import type { RoutingWatch } from "./routing-watch.ts"

/** How long and how hard. */
export interface RoutingPlan {
  readonly calls: number
  readonly perSecond: number
  /** How many times something goes wrong. */
  readonly troubles: number
  readonly strategy: "p2c" | "least-busy"
  readonly seed: number
}

/** What came of it. */
export interface RoutingResult {
  readonly calls: number
  /** Calls without a whole answer, by what came instead; should be none, for somebody was always well. */
  readonly lost: Readonly<Record<string, number>>
  readonly attemptsPerCall: number
  /** Of the attempts while a target answered nobody: those that went there, and those that blind routing sends. */
  readonly toSickPercent: number
  readonly blindPercent: number
  /** What a target that is well again takes of the attempts: from its first one for a second, in the end, in fairness. */
  readonly recoveries: number
  readonly firstSecondPercent: number
  readonly lastPercent: number
  readonly fairPercent: number
  readonly trials: number
  readonly mostTrialsAtOnce: number
  /** Sockets and exchanges that are left. */
  readonly left: number
}

const endpointCount = 3
const keyCount = 2
const targetCount = endpointCount * keyCount
const idOf = (endpoint: number): string => `endpoint-${endpoint}`

/** As much as makes calls overlap. */
const latencyMs = 20
const saying = "All sheep are home."

/** Sends calls to three providers that fail at random, but never all at the same time, and looks at where they go. */
export async function soakRouting(plan: RoutingPlan): Promise<RoutingResult> {
  const random = seededRandom(plan.seed)
  const providers = await Promise.all(
    Array.from({ length: endpointCount }, () =>
      startHostileProvider({ answer: () => saying, latencyMs, logLimit: 1 }),
    ),
  )
  const shape = { ...plan, endpoints: endpointCount, keys: keyCount }
  const episodes = drawEpisodes(shape, random.stream("episodes"))
  const pipeline = bellwether(optionsOf(plan, providers, random))
  const watch = watchRouting(pipeline)
  await pipeline.ready()
  const { lost, begunBy } = await makeCalls(plan, pipeline, watch, providers, episodes)
  await pipeline.close()
  for (const provider of providers)
    await provider.until(({ inFlight, openSockets }) => inFlight === 0 && openSockets === 0)
  const left = providers.reduce((sum, { inFlight, openSockets }) => sum + inFlight + openSockets, 0)
  await Promise.all(providers.map((provider) => provider.close()))
  return {
    calls: plan.calls,
    lost,
    attemptsPerCall: watch.begun.length / plan.calls,
    ...whileSick(episodes, watch, begunBy),
    ...afterRecovery(plan, episodes, watch, begunBy),
    trials: watch.trials,
    mostTrialsAtOnce: watch.mostTrialsAtOnce,
    left,
  }
}

/** The usual stack, in a hurry: what takes a minute as a rule has the time between two troubles. */
function optionsOf(
  { calls, perSecond, troubles, strategy }: RoutingPlan,
  providers: readonly HostileProvider[],
  random: Random,
): BellwetherOptions {
  const slotMs = (1_000 * calls) / perSecond / troubles
  const [shortMs, longMs] = [slotMs / 40, slotMs / 12]
  return {
    endpoints: providers.map(({ baseURL }, endpoint) => ({
      id: idOf(endpoint),
      baseURL,
      keys: Array.from({ length: keyCount }, (_, key) => `sk-${key}`),
      tier: 0,
      prefill: true,
    })),
    resume: true,
    router: { strategy, rampMs: slotMs / 2 },
    circuitBreaker: { openMs: shortMs, maxOpenMs: longMs },
    health: { ejectMs: shortMs, maxEjectMs: longMs, windowMs: longMs, probe: { intervalMs: longMs } },
    timeout: { headersMs: 1_000, firstContentMs: 1_000, answerMs: 1_000, idleMs: 5_000 },
    random,
  }
}

/** What became of the calls, and for each how many attempts had begun before it. */
interface Course {
  readonly lost: Readonly<Record<string, number>>
  readonly begunBy: readonly number[]
}

async function makeCalls(
  { calls, perSecond }: RoutingPlan,
  pipeline: Bellwether,
  watch: RoutingWatch,
  providers: readonly HostileProvider[],
  episodes: readonly Episode[],
): Promise<Course> {
  const lost: Record<string, number> = {}
  const begunBy: number[] = []
  const injections = new Map<Episode, Injection | undefined>()
  const asked: Promise<void>[] = []
  const startedAtMs = systemClock.now()

  async function ask(number: number): Promise<void> {
    const ending = await endingOf(pipeline, number % 2 === 0 ? "chat" : "chat stream")
    if (ending !== "whole") lost[ending] = (lost[ending] ?? 0) + 1
  }

  for (let number = 0; number < calls; number++) {
    for (const episode of episodes) {
      const { endpoint, key, fault } = episode
      const when = key === undefined ? {} : { key: `sk-${key}` }
      if (episode.fromCall === number) injections.set(episode, providers[endpoint]?.inject(fault, when))
      if (episode.untilCall === number) injections.get(episode)?.remove()
    }
    begunBy.push(watch.begun.length)
    asked.push(ask(number))
    await systemClock.sleep(Math.max(0, startedAtMs + (1_000 * (number + 1)) / perSecond - systemClock.now()))
  }
  await Promise.all(asked)
  return { lost, begunBy }
}

async function endingOf(pipeline: Bellwether, question: "chat" | "chat stream"): Promise<string> {
  const result = await pipeline.call(questions[question]())
  if (!result.ok) return result.failure.code
  const { text, error } = await readBody(result.response)
  if (error !== undefined) return error instanceof Error ? error.message : "an error that is none"
  return answerText(question, text).texts.join() === saying ? "whole" : `says ${text}`
}

/** Ids of the targets an episode strikes. */
const struckBy = ({ endpoint, key }: Episode): readonly string[] =>
  Array.from({ length: keyCount }, (_, place) => place)
    .filter((place) => key === undefined || key === place)
    .map((place) => `${idOf(endpoint)}/key-${place + 1}`)

/** Where attempts went in the second half of the times in which targets answered nobody. */
function whileSick(
  episodes: readonly Episode[],
  { begun }: RoutingWatch,
  begunBy: readonly number[],
): Pick<RoutingResult, "toSickPercent" | "blindPercent"> {
  const taken = new Share()
  let blind = 0
  for (const episode of episodes.filter(({ isTotal }) => isTotal)) {
    const half = Math.floor((episode.fromCall + episode.untilCall) / 2)
    const attempts = begun.slice(begunBy[half], begunBy[episode.untilCall])
    const struck = struckBy(episode)
    taken.add(attempts, struck)
    blind += attempts.length * (struck.length / targetCount)
  }
  return { toSickPercent: taken.percent, blindPercent: percent(blind, taken.all) }
}

/** What targets take that have answered nobody, once they are well. */
function afterRecovery(
  { calls, perSecond, troubles }: RoutingPlan,
  episodes: readonly Episode[],
  { begun }: RoutingWatch,
  begunBy: readonly number[],
): Pick<RoutingResult, "recoveries" | "firstSecondPercent" | "lastPercent" | "fairPercent"> {
  const first = new Share()
  const last = new Share()
  let recoveries = 0
  for (const episode of episodes.filter(({ isTotal }) => isTotal)) {
    const next = episode.fromCall + Math.floor(calls / troubles)
    const [from, until] = [begunBy[episode.untilCall] ?? 0, begunBy[next] ?? begun.length]
    const middle = Math.floor((from + until) / 2)
    for (const target of struckBy(episode)) {
      const at = begun.indexOf(target, from)
      // A second that is not whole says little.
      if (at < 0 || at + perSecond > until) continue
      recoveries++
      first.add(begun.slice(at, at + perSecond), [target])
      last.add(begun.slice(middle, until), [target])
    }
  }
  const fairPercent = percent(1, targetCount)
  return { recoveries, firstSecondPercent: first.percent, lastPercent: last.percent, fairPercent }
}

/** What some targets have of attempts. */
class Share {
  all = 0
  #theirs = 0

  add(attempts: readonly string[], targets: readonly string[]): void {
    this.all += attempts.length
    this.#theirs += attempts.filter((target) => targets.includes(target)).length
  }

  get percent(): number {
    return percent(this.#theirs, this.all)
  }
}

const percent = (part: number, whole: number): number => Math.round((1_000 * part) / whole) / 10
