import { getEventListeners } from "node:events"
import { setImmediate } from "node:timers/promises"
import { seededRandom } from "@bellwether/core"
import type { Random } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether } from "bellwether"
import { countingClock } from "../support/counting-clock.ts"
import { conductor, scriptHeader, situations } from "./moments.ts"
import type { Moment, Script, Situation } from "./moments.ts"

/** How many calls, and how. */
export interface AbortPlan {
  readonly calls: number
  /** How many of them at the same time. */
  readonly atOnce: number
  readonly seed: number
  /** Called after each so many calls. */
  readonly every?: { readonly calls: number; readonly run: () => void }
}

/** What is left of the calls when all are over: everything should be 0 but `cancelled`. */
export interface Leftovers {
  /** Calls by how they ended: `cancelled`, or the code of a failure nobody meant. */
  readonly endings: Readonly<Record<string, number>>
  readonly timers: number
  readonly listeners: number
  readonly sockets: number
  readonly exchanges: number
}

/** So many turns of the event loop lie between a moment and the abort, at most. */
const mostTurns = 20

/** Begins calls and gives them up at every moment there is, as the seed has it; then looks at what is left. */
export async function abortCalls({ calls, atOnce, seed, every }: AbortPlan): Promise<Leftovers> {
  const random = seededRandom(seed)
  const clock = countingClock()
  const provider = await startHostileProvider({
    models: situations.map(({ model }) => model),
    faults: situations.map(({ fault }) => fault),
    logLimit: 1,
  })
  const scripts = new Map<string, Script>()
  const pipeline = bellwether({
    endpoints: [{ id: "only", baseURL: provider.baseURL }],
    circuitBreaker: { consecutiveFailures: false, failureRatio: 1, minimumCompleted: calls },
    use: [conductor(scripts)],
    health: false,
    clock,
    random,
  })
  const lasting = new AbortController().signal
  const endings: Record<string, number> = {}
  let begun = 0
  let listeners = 0

  async function work(): Promise<void> {
    while (begun < calls) {
      const number = (begun += 1)
      const chance = random.stream("call", number)
      const situation = situations[Math.floor(chance.next() * situations.length)] ?? situations[0]
      if (situation === undefined) return
      const controller = new AbortController()
      const script = scriptOf(situation.moment, controller, chance)
      scripts.set(String(number), script)
      const signal = AbortSignal.any([controller.signal, lasting])
      script.reached("start")
      const ending = await endingOf(pipeline, { ...situation, number, signal, script })
      endings[ending] = (endings[ending] ?? 0) + 1
      listeners += getEventListeners(signal, "abort").length
      scripts.delete(String(number))
      if (number % (every?.calls ?? Infinity) === 0) every?.run()
    }
  }

  await Promise.all(Array.from({ length: atOnce }, work))
  await pipeline.close()
  await clock.idle()
  // Node keeps connections for a while, and makes a new one for each that an abort has cost it.
  await provider.until(({ inFlight, openSockets }) => inFlight === 0 && openSockets === 0)
  const left = { sockets: provider.openSockets, exchanges: provider.inFlight }
  await provider.close()
  listeners += getEventListeners(lasting, "abort").length
  return { endings, timers: clock.pending, listeners, ...left }
}

/** Gives the call up a few turns after its moment has come. */
function scriptOf(moment: Moment, controller: AbortController, chance: Random): Script {
  const turns = moment === "start" ? 0 : Math.floor(chance.next() * mostTurns)
  let isOver = false
  return {
    reached(here) {
      if (here !== moment || isOver) return
      isOver = true
      const abort = (): void => controller.abort(new Error(`given up at ${moment}`))
      if (turns === 0) abort()
      else void afterTurns(turns).then(abort)
    },
  }
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate()
}

/** One call, as its script has it. */
interface Performance extends Situation {
  readonly number: number
  readonly signal: AbortSignal
  readonly script: Script
}

async function endingOf(pipeline: Bellwether, performance: Performance): Promise<string> {
  const { moment, number, model, stream, signal, script } = performance
  const messages = [{ role: "user", content: "Where does the flock go?" }]
  const result = await pipeline.call({
    path: "/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json", [scriptHeader]: String(number) },
    body: JSON.stringify({ model, stream, messages }),
    signal,
  })
  if (!result.ok) return result.failure.class === "cancelled" ? "cancelled" : result.failure.code
  const body = result.response.body?.getReader()
  try {
    await body?.read()
    script.reached("reading")
    // As `break` does in a loop over an SDK's stream.
    if (moment === "cancelling") await body?.cancel()
    let piece = await body?.read()
    while (piece?.done === false) piece = await body?.read()
    return moment === "cancelling" ? "cancelled" : "answered"
  } catch (error) {
    return error === signal.reason ? "cancelled" : String(error)
  }
}
