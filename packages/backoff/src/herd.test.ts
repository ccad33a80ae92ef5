import { seededRandom } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import {
  decorrelatedJitter,
  equalJitter,
  exponential,
  fullJitter,
  type Backoff,
  type Chance,
} from "./index.ts"

/**
 * The contention of Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): clients read a version
 * and write it back; a write based on an old version fails and backs off. Every hop takes about 10 ms.
 */
const contend = (
  backoff: Backoff,
  clientCount: number,
  random: Chance,
): { calls: number; doneMs: number } => {
  const clients = Array.from({ length: clientCount }, () => ({
    atMs: hopMs(random),
    attempt: 1,
    previousMs: 0,
    seen: undefined as number | undefined,
  }))
  let version = 0
  let calls = 0
  let doneMs = 0
  for (let left = clientCount; left > 0;) {
    const client = clients.reduce((first, other) => (other.atMs < first.atMs ? other : first))
    if (client.seen === undefined) {
      client.seen = version
      client.atMs += hopMs(random) + hopMs(random)
      continue
    }
    calls++
    const isWritten = client.seen === version
    client.seen = undefined
    client.atMs += hopMs(random)
    if (isWritten) {
      version++
      left--
      doneMs = Math.max(doneMs, client.atMs)
      client.atMs = Infinity
      continue
    }
    client.previousMs = backoff(client.attempt++, client.previousMs, random)
    client.atMs += client.previousMs + hopMs(random)
  }
  return { calls, doneMs }
}

/** Normal around 10 ms with a deviation of 2 ms, never negative. */
const hopMs = (random: Chance): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return Math.abs(10 + 2 * radius * Math.cos(2 * Math.PI * random.next()))
}

/** His program counts from the first repeat, so its base of 5 ms is the 10 ms of ours. */
const growing = { baseMs: 10, capMs: 2000 }

describe("100 clients in contention make about as many calls as published", () => {
  test.each([
    ["no backoff", () => 0, 2419],
    ["exponential", exponential(growing), 1859],
    ["equal jitter", equalJitter(growing), 811],
    ["full jitter", fullJitter(growing), 794],
    ["decorrelated jitter", decorrelatedJitter({ baseMs: 5, capMs: 2000 }), 999],
  ] satisfies [string, Backoff, number][])("%s", (name, backoff, published) => {
    const trials = 30
    const random = seededRandom("herd")
    let calls = 0
    for (let trial = 0; trial < trials; trial++)
      calls += contend(backoff, 100, random.stream(name, trial)).calls
    expect(Math.abs(calls / trials / published - 1)).toBeLessThan(0.04)
  })
})

/** How many of 1000 clients return within the same tenth of a second. */
const mostAtOnce = (backoff: Backoff): number => {
  const random = seededRandom("cap")
  const crowds = new Map<number, number>()
  for (let client = 0; client < 1000; client++) {
    let delayMs = 0
    for (let attempt = 1; attempt <= 12; attempt++) delayMs = backoff(attempt, delayMs, random)
    const tenth = Math.floor(delayMs / 100)
    crowds.set(tenth, (crowds.get(tenth) ?? 0) + 1)
  }
  return Math.max(...crowds.values())
}

/** The published decorrelated jitter, which caps the drawn delay. */
const published: Backoff = (_attempt, previousMs, random) =>
  Math.min(8000, 250 + (Math.max(250, previousMs) * 3 - 250) * random.next())

describe("1000 clients that have all reached the cap", () => {
  test("return all at once without jitter", () => {
    expect(mostAtOnce(exponential())).toBe(1000)
  })

  test("return a third at once when the drawn delay is capped, as published", () => {
    expect(mostAtOnce(published)).toBeGreaterThan(300)
  })

  test.each([
    ["full jitter", fullJitter()],
    ["equal jitter", equalJitter()],
    ["decorrelated jitter", decorrelatedJitter()],
  ])("return spread out with %s", (_name, backoff) => {
    expect(mostAtOnce(backoff)).toBeLessThan(60)
  })
})
