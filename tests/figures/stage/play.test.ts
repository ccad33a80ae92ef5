import { retry } from "@bellwether/retry"
import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { closedLoop, openLoop } from "./load.ts"
import { answeredPercent, durationMs, latencyMs, load, sharePercent } from "./outcome.ts"
import { play } from "./play.ts"
import { answer, failing } from "./provider.ts"
import { streamedAnswer } from "./speech.ts"

const playWith = (use: readonly Plugin[], seed = 1) =>
  play({
    endpoints: { alpha: { provider: failing(0.5, 503, 100) } },
    use,
    load: openLoop({ perSecond: 10, seconds: 10 }),
    seed,
  })

describe("a play", () => {
  test("ends alike with the same seed, otherwise with another", async () => {
    const outcomes = await playWith([retry()])
    expect(await playWith([retry()])).toEqual(outcomes)
    expect(await playWith([retry()], 2)).not.toEqual(outcomes)
  })

  test("has the same calls and the same first tries whatever else is played", async () => {
    const [bare, repeated] = await Promise.all([playWith([]), playWith([retry()])])
    expect(repeated.map(({ atMs }) => atMs)).toEqual(bare.map(({ atMs }) => atMs))
    const first = repeated.map(({ isAnswered, attempts }) => isAnswered && attempts.length === 1)
    expect(first).toEqual(bare.map(({ isAnswered }) => isAnswered))
  })

  test("of clients that wait for each answer has so many calls under way and no more", async () => {
    const underWay: number[] = []
    let visitors = 0
    await play({
      endpoints: {
        alpha: {
          provider: async ({ clock }) => {
            underWay.push(++visitors)
            await clock.sleep(100)
            visitors--
            return streamedAnswer()
          },
        },
      },
      use: [],
      load: closedLoop({ clients: 3, calls: 10 }),
      stream: true,
    })
    expect(underWay).toHaveLength(10)
    expect(Math.max(...underWay)).toBe(3)
  })

  test("tells where every attempt went, and how long it took", async () => {
    const [outcome] = await play({
      endpoints: { alpha: { provider: failing(1, 503, 200) }, beta: { provider: answer } },
      use: [retry({ repeats: 1, backoff: () => 50 })],
      load: closedLoop({ clients: 1, calls: 1 }),
    })
    expect(outcome).toMatchObject({ isAnswered: true, attempts: ["alpha", "alpha", "beta"] })
  })
})

test("outcomes are counted per call, attempt and answer", () => {
  const read = { durationMs: 5_000, isCutShort: false }
  const outcomes = [
    { ...read, atMs: 0, isAnswered: true, latencyMs: 100, attempts: ["alpha"] },
    { ...read, atMs: 1, isAnswered: false, latencyMs: 9_000, attempts: ["alpha", "beta", "beta"] },
  ]
  expect(answeredPercent(outcomes)).toBe(50)
  expect(load(outcomes)).toBe(2)
  expect(sharePercent(outcomes, "beta")).toBe(50)
  expect(latencyMs(outcomes, 0.99)).toBe(100)
  expect(durationMs(outcomes, 0.99)).toBe(5_000)
})
