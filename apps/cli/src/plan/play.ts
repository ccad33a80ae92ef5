import { seededRandom } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import type { VirtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import { boundsOf } from "./defaults.ts"
import type { Question } from "./finding.ts"
import { playable } from "./playable.ts"
import { priceReader } from "./price-reader.ts"
import type { Scenario } from "./scenario.ts"

/** What became of a call in a scenario. Of several plays, the worst of each figure. */
export interface Outcome {
  readonly scenario: string
  readonly attempts: number
  /** Milliseconds until the call commits or fails. */
  readonly decidedMs: number
  /** Milliseconds until everything is over; `null` when that never comes. */
  readonly tookMs: number | null
  /** If every attempt is paid for as if it had answered; `null` where a price is not known. */
  readonly dearestUsd: number | null
  /** What the caller got: a failure's code, or `cut` for a stream that ended with an error. */
  readonly ending: string
  /** The failure in words; `null` for a call that was answered. */
  readonly reason: string | null
}

/** So many calls, each with a chance of its own. */
const seeds = 5

const dayMs = 86_400_000

/** Plays the scenario with the whole pipeline in virtual time, several times; the same on every day. */
export async function play(
  options: BellwetherOptions,
  scenario: Scenario,
  question: Question,
): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (let seed = 0; seed < seeds; seed++) outcomes.push(await once(options, scenario, question, seed))
  return outcomes.reduce((a, b) => {
    const tookMs = larger(a.tookMs, b.tookMs)
    return {
      ...(tookMs === a.tookMs ? a : b),
      attempts: Math.max(a.attempts, b.attempts),
      decidedMs: Math.max(a.decidedMs, b.decidedMs),
      dearestUsd: larger(a.dearestUsd, b.dearestUsd),
    }
  })
}

/** What is not known, or has no end, is more than any number. */
const larger = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : Math.max(a, b)

async function once(
  options: BellwetherOptions,
  { name, stream, fetch }: Scenario,
  question: Question,
  seed: number,
): Promise<Outcome> {
  const clock = virtualClock()
  const prices = priceReader(question)
  await using pipeline = bellwether({
    ...playable(options),
    use: [prices.plugin],
    clock,
    random: seededRandom(seed),
    fetch,
  })
  const { model, inputTokens, outputTokens } = question
  // Four characters are a token; the role is one.
  const messages = [{ role: "user", content: "why ".repeat(inputTokens - 1) }]
  const body = JSON.stringify({ model, stream, max_tokens: outputTokens, messages })
  const headers = { "content-type": "application/json" }
  const asked = async (): Promise<Outcome> => {
    const result = await pipeline.call({ path: "/chat/completions", method: "POST", headers, body })
    const decidedMs = Math.round(clock.now())
    const isOver = result.ok
      ? await ended(result.response, clock, boundsOf(options).deadlineMs + dayMs)
      : true
    const { attempts } = result.call
    return {
      scenario: name,
      attempts: attempts.length,
      decidedMs,
      tookMs: isOver ? Math.round(clock.now()) : null,
      dearestUsd: attempts.reduce<number | null>((sum, { target, model: askedFor }) => {
        const usd = prices.usdAt(target, askedFor)
        return sum === null || usd === undefined ? null : sum + usd
      }, 0),
      ending: result.ok ? (isOver ? "cut" : "silence") : result.failure.code,
      reason: result.ok ? null : result.failure.message,
    }
  }
  return await clock.runUntil(asked(), name)
}

/** Reads an answer until it breaks off; in no scenario does it end well. @returns whether it did so in that time */
const ended = ({ body }: Response, clock: VirtualClock, withinMs: number): Promise<boolean> =>
  Promise.race([
    (async () => {
      const reader = body?.getReader()
      while ((await reader?.read())?.done === false);
      return true
    })().catch(() => true),
    clock.sleep(withinMs).then(() => false),
  ])
