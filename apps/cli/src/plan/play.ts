import { PriceOf, seededRandom } from "@bellwether/core"
import type { Plugin, Target } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import type { Scenario } from "./scenario.ts"

/** What a call is like. */
export interface Question {
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What became of a call in a scenario. */
export interface Outcome {
  readonly scenario: string
  readonly attempts: number
  /** Milliseconds until the caller knows. */
  readonly tookMs: number
  /** If every attempt is paid for as if it had answered; `undefined` where a price is not known. */
  readonly dearestUsd: number | undefined
  /** What the caller got: a failure's code, or `cut` for a stream that ended with an error. */
  readonly ending: string
}

/** So many calls, each with a chance of its own; the worst of them counts. */
const seeds = 5

/** Plays the scenario with the whole pipeline in virtual time, several times; the worst of each figure. */
export async function play(
  options: BellwetherOptions,
  scenario: Scenario,
  question: Question,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (let seed = 0; seed < seeds; seed++) outcomes.push(await once(options, scenario, question, seed))
  const worst = outcomes.reduce((a, b) => (b.tookMs > a.tookMs ? b : a))
  return {
    ...worst,
    attempts: Math.max(...outcomes.map(({ attempts }) => attempts)),
    dearestUsd: outcomes.reduce<number | undefined>(
      (most, { dearestUsd }) =>
        most === undefined || dearestUsd === undefined ? undefined : Math.max(most, dearestUsd),
      0,
    ),
  }
}

async function once(
  options: BellwetherOptions,
  { name, stream, fetch }: Scenario,
  question: Question,
  seed: number,
): Promise<Outcome> {
  const clock = virtualClock()
  const prices = priceReader()
  await using pipeline = bellwether({
    ...options,
    // Probes are no part of a call.
    ...(options.health !== false && { health: { ...options.health, probe: false } }),
    use: [...(options.use ?? []), prices.plugin],
    clock,
    random: seededRandom(seed),
    fetch,
  })
  const { model, outputTokens } = question
  const body = JSON.stringify({ model, stream, max_tokens: outputTokens, messages: [] })
  const headers = { "content-type": "application/json" }
  const asked = async (): Promise<Omit<Outcome, "scenario">> => {
    const result = await pipeline.call({ path: "/chat/completions", method: "POST", headers, body })
    const ending = result.ok ? await drained(result.response) : result.failure.code
    const usd = result.call.attempts.map(({ target }) => prices.of(target, question))
    return {
      attempts: result.call.attempts.length,
      tookMs: clock.now(),
      dearestUsd: usd.reduce<number | undefined>(
        (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
        0,
      ),
      ending,
    }
  }
  return { scenario: name, ...(await clock.runUntil(asked(), name)) }
}

/** Reads an answer to its end, whatever that is. */
const drained = (response: Response): Promise<string> =>
  response.text().then(
    () => "answered",
    () => "cut",
  )

/** Hears from the pipeline what its targets cost. */
function priceReader(): {
  readonly plugin: Plugin
  of(target: Target, question: Question): number | undefined
} {
  let priceOf: () => PriceOf = () => PriceOf.fallback
  return {
    plugin: { name: "plan", setup: (services) => void (priceOf = services.use(PriceOf)) },
    of(target, { model, inputTokens, outputTokens }) {
      const price = priceOf().of(target, model)
      return price && (price.input * inputTokens + price.output * outputTokens) / 1_000_000
    },
  }
}
