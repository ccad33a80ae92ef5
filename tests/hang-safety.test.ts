import { getEventListeners } from "node:events"
import { systemClock } from "@bellwether/core"
import type { Clock, Pipeline } from "@bellwether/core"
import { faultKinds, startHostileProvider } from "@bellwether/testing"
import type { Fault } from "@bellwether/testing"
import { bellwether } from "bellwether"

import { afterAll, beforeAll, expect, test } from "vitest"
import { answerText } from "./support/answer-text.ts"
import { countingClock } from "./support/counting-clock.ts"
import { harmfulFaults, harmlessFaults } from "./support/every-fault.ts"
import { questions } from "./support/questions.ts"
import type { Question } from "./support/questions.ts"
import { readBody } from "./support/read-body.ts"
import { scaledClock } from "./support/scaled-clock.ts"

const saying = ["The flock goes where the bell goes, over the hill and home.", "All of it, and none is lost."]

const names = Object.keys(questions) as readonly Question[]

const unhandled: unknown[] = []
const remember = (error: unknown): void => void unhandled.push(error)

beforeAll(() => {
  process.on("unhandledRejection", remember)
  process.on("uncaughtExceptionMonitor", remember)
})
afterAll(() => {
  process.off("unhandledRejection", remember)
  process.off("uncaughtExceptionMonitor", remember)
})

test("every kind of fault is tried", () => {
  const tried = [...harmlessFaults, ...harmfulFaults].map(({ kind }) => kind)
  expect(new Set(tried)).toEqual(new Set(faultKinds))
})

const named = (faults: readonly Fault[]) => faults.map((fault) => ({ fault, name: JSON.stringify(fault) }))

test.concurrent.each(named(harmlessFaults))(
  "whatever is asked of a provider with $name, everything is delivered",
  async ({ fault }) => {
    for (const { seen, whole } of await asked(fault, systemClock)) expect(seen).toBe(whole)
  },
)

test.concurrent.each(named(harmfulFaults))(
  "whatever is asked of a provider with $name, nothing cut passes for whole",
  async ({ fault }) => {
    // The default limits, in a hurry: 30 s are 0.6 s.
    const outcomes = await asked(fault, scaledClock(50))
    for (const { seen, whole } of outcomes) expect(["failed", "cut", whole]).toContain(seen)
    expect(outcomes.some(({ seen, whole }) => seen !== whole)).toBe(true)
  },
)

/**
 * Asks the default stack everything there is to ask, of a sole provider and of two that have the same fault, and waits until all is
 * over and cleaned up: that it ends at all is half of what is tested.
 */
async function asked(fault: Fault, time: Clock): Promise<readonly Outcome[]> {
  const clock = countingClock(time)
  const providers = await Promise.all(
    [1, 2].map(() => startHostileProvider({ answer: (_, choice) => saying[choice] ?? "" })),
  )
  for (const provider of providers) provider.inject(fault)
  const endpoints = providers.map(({ baseURL }, index) => ({ id: `endpoint-${index}`, baseURL }))
  const pipelines = [endpoints, endpoints.slice(0, 1)].map((some) =>
    bellwether({ endpoints: some, clock, deadlineMs: 60_000, health: false }),
  )
  const { signal } = new AbortController()

  const outcomes = await Promise.all(
    pipelines.flatMap((pipeline) => names.map((name) => outcome(pipeline, name, signal))),
  )
  expect(getEventListeners(signal, "abort")).toEqual([])
  await clock.idle()
  await Promise.all(providers.map((provider) => provider.until(({ inFlight }) => inFlight === 0)))
  await Promise.all([...pipelines, ...providers].map((each) => each.close()))
  expect(unhandled).toEqual([])
  return outcomes
}

interface Outcome {
  /** An error, an answer that says it was cut, or what is taken for the whole. */
  readonly seen: string
  readonly whole: string
}

async function outcome(pipeline: Pipeline, name: Question, signal: AbortSignal): Promise<Outcome> {
  const whole = wholeOf(name)
  const result = await pipeline.call({ ...questions[name](), signal })
  if (!result.ok) {
    const { ok, status } = result.toResponse()
    return { seen: ok ? `failed with ${status}` : "failed", whole }
  }
  const { text, error } = await readBody(result.response)
  if (error !== undefined) return { seen: "cut", whole }
  const answer = answerText(name, text)
  return { seen: answer.error === undefined ? JSON.stringify(answer.texts) : "error without an end", whole }
}

function wholeOf(name: Question): string {
  if (name === "embeddings") return JSON.stringify(["a vector of 16"])
  if (name === "files") return JSON.stringify(["a file of 1000 bytes"])
  return JSON.stringify(name.includes("two choices") ? saying : saying.slice(0, 1))
}
