import type { Plugin } from "@bellwether/core"
import { AttemptEnded, CallEnded, createPipeline, Purpose } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { after, failing, stageOf, tidy } from "../test/stage.ts"
import { hedge } from "./index.ts"

// A first content comes 100 ms after the head, and the delay is 1,000 ms.

const roleOnly = { kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 100 } as const

describe("a stream whose first content is late", () => {
  test("is asked for at another target, which answers if it is faster", async () => {
    const stage = stageOf({ a: [after(5_000, "slow")], b: [after(300, "fast")] })
    const told = await stage.clock.runUntil(stage.ask())
    expect(told).toMatchObject({ atMs: 1_400, text: "fast", attempts: ["a first superseded", "b hedge ok"] })
    expect(stage.told).toEqual(["1000 started a → b after 1000", "1400 hedge-won a → b"])
    await tidy(stage)
  })

  test("is answered by the first target if that is faster after all", async () => {
    const stage = stageOf({ a: [after(1_200, "first")], b: [after(5_000, "second")] })
    const told = await stage.clock.runUntil(stage.ask())
    expect(told).toMatchObject({ atMs: 1_300, text: "first", attempts: ["a first ok", "b hedge superseded"] })
    expect(stage.told).toEqual(["1000 started a → b after 1000", "1300 hedge-lost a → b"])
    await tidy(stage)
  })

  test("is late whatever else has come: roles and keep-alives are no content", async () => {
    const stage = stageOf({ a: [roleOnly], b: [after(300)] })
    expect((await stage.clock.runUntil(stage.ask())).atMs).toBe(1_400)
    await tidy(stage)
  })

  test("is not hedged when it comes in time, and no timer is kept", async () => {
    const stage = stageOf({ a: [after(899)], b: [] })
    const asked = stage.ask()
    await stage.clock.advance(999)
    const ofTheProvider = 1
    expect(stage.clock.pending).toBe(ofTheProvider)
    expect((await stage.clock.runUntil(asked)).attempts).toEqual(["a first ok"])
    expect(stage.told).toEqual([])
    await tidy(stage)
  })

  test("is hedged in all three grammars", async () => {
    const stage = stageOf({ a: [after(5_000)], b: [after(300)] })
    const messages = stage.ask({ path: "/messages", ask: { max_tokens: 9 } })
    const responses = stage.ask({ path: "/responses", ask: { input: "Why?" } })
    const told = await stage.clock.runUntil(Promise.all([messages, responses]))
    for (const { attempts } of told) expect(attempts).toEqual(["a first superseded", "b hedge ok"])
    await tidy(stage)
  })
})

describe("the loser", () => {
  test("is cancelled in the moment in which the winner has content, and sends no byte more", async () => {
    const chatter = { says: "one two three four", faults: [roleOnly] } as const
    const stage = stageOf({ a: [chatter], b: [after(300, "a b c d e f")] })
    const asked = stage.ask()
    await stage.clock.advance(1_400)
    const loser = stage.providers["a"]!.requests[0]!
    expect(loser).toMatchObject({ ending: "aborted-by-client", endedAtMs: 1_400 })
    const { bytesWritten } = loser
    await stage.clock.runUntil(asked)
    expect(loser.bytesWritten).toBe(bytesWritten)
    expect(stage.clock.now()).toBe(1_900)
    await tidy(stage)
  })

  test("says nothing of its target's health, and its cost is told with the call", async () => {
    const stage = stageOf({ a: [after(5_000)], b: [after(300)] })
    const health: string[] = []
    const costs: number[] = []
    stage.pipeline.on(AttemptEnded, ({ ending }) => void health.push(ending.health))
    stage.pipeline.on(CallEnded, ({ ending }) => void costs.push(ending.attempts.length))
    await stage.clock.runUntil(stage.ask())
    expect({ health, costs }).toEqual({ health: ["neutral", "success"], costs: [2] })
  })

  test("ends in that moment also where it still waits for a target", async () => {
    const endedAtMs: number[] = []
    const queue: Plugin = {
      name: "queue",
      setup: ({ clock }) => ({
        async call(request, next, context) {
          if (context.get(Purpose) === "hedge")
            await clock.sleep(60_000, context.signal).catch(() => endedAtMs.push(clock.now()))
          return next(request, context)
        },
      }),
    }
    const stage = stageOf({ a: [after(1_400)], b: [] }, { inside: [queue] })
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual(["a first ok"])
    expect({ endedAtMs, told: stage.told }).toEqual({ endedAtMs: [1_500], told: [] })
    await tidy(stage)
  })

  test("that is as fast as the winner is cancelled all the same", async () => {
    const stage = stageOf({ a: [after(1_300)], b: [after(300)] })
    const { attempts, atMs } = await stage.clock.runUntil(stage.ask())
    expect(atMs).toBe(1_400)
    expect(attempts.filter((attempt) => attempt.endsWith("ok"))).toHaveLength(1)
    await tidy(stage)
  })
})

describe("failures", () => {
  test("before the delay are told at once, without a hedge", async () => {
    const stage = stageOf({ a: [failing(999)], b: [] })
    const { atMs, attempts } = await stage.clock.runUntil(stage.ask())
    expect({ atMs, attempts }).toEqual({ atMs: 999, attempts: ["a first server-error"] })
    await tidy(stage)
  })

  test("of the first target do not end the hedge", async () => {
    const stage = stageOf({ a: [failing(1_200)], b: [after(2_000, "second")] })
    const told = await stage.clock.runUntil(stage.ask())
    expect(told).toMatchObject({ atMs: 3_100, text: "second" })
    expect(told.attempts).toEqual(["a first server-error", "b hedge ok"])
    expect(stage.told.at(-1)).toBe("3100 hedge-won a → b")
    await tidy(stage)
  })

  test("of the hedge do not end the first", async () => {
    const stage = stageOf({ a: [after(2_000, "first")], b: [failing(100)] })
    const told = await stage.clock.runUntil(stage.ask())
    expect(told).toMatchObject({ atMs: 2_100, text: "first" })
    expect(told.attempts).toEqual(["a first ok", "b hedge server-error"])
    expect(stage.told.at(-1)).toBe("2100 hedge-lost a → b")
    await tidy(stage)
  })

  test.each([
    [1_500, 1_000],
    [2_500, 300],
  ])("of both are told as the first one's, when both are over", async (firstMs, secondMs) => {
    const stage = stageOf({ a: [failing(firstMs)], b: [failing(secondMs, "overloaded")] })
    const { result, atMs, attempts } = await stage.clock.runUntil(stage.ask())
    expect(atMs).toBe(Math.max(firstMs, 1_000 + secondMs))
    expect(result).toMatchObject({ ok: false, failure: { class: "server-error" } })
    expect(attempts).toEqual(["a first server-error", "b hedge overloaded"])
    expect(stage.told.at(-1)).toContain("hedge-lost")
    await tidy(stage)
  })

  test("of a hedge that has won reach the caller: nothing is delivered twice", async () => {
    const cut = { says: "one two three", faults: [{ kind: "stream-cut", afterContent: 1 }] } as const
    const stage = stageOf({ a: [after(5_000)], b: [cut] })
    const failed: (string | undefined)[] = []
    stage.pipeline.on(AttemptEnded, ({ ending }) => void failed.push(ending.failure?.class))
    await expect(stage.clock.runUntil(stage.ask())).rejects.toThrow("before it was complete")
    expect(failed).toEqual(["superseded", "broken-response"])
    await tidy(stage)
  })
})

describe("a hedge that nobody takes", () => {
  /** No admission for a while. */
  const closed = (id: string, untilMs: number): Plugin => ({
    name: "closed",
    setup: ({ clock }) => {
      const verdict = (endpoint: string) =>
        endpoint === id && clock.now() < untilMs
          ? ({ status: "unavailable", untilMs, reason: "it is being mended" } as const)
          : ({ status: "available" } as const)
      return {
        admit: {
          peek: ({ endpoint }) => verdict(endpoint),
          take: ({ target }) =>
            verdict(target.endpoint).status === "available" ? undefined : verdict(target.endpoint),
        },
      }
    },
  })

  test("is none, and costs nothing", async () => {
    const scripts = { a: [after(2_000)], b: [after(300)] }
    const stage = stageOf(scripts, { inside: [closed("b", 2_000)], hedge: { delayMs: 1_000, maxExtra: 0.5 } })
    const [one, two] = [stage.ask(), stage.ask()]
    await stage.clock.runUntil(Promise.all([one, two]))
    expect(stage.told).toEqual([])
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual(["a first superseded", "b hedge ok"])
    await tidy(stage)
  })
})

test("it belongs inside of retry", () => {
  const retry: Plugin = { name: "retry", setup: () => {} }
  const endpoints = [{ id: "a", baseURL: "https://a.test/v1" }]
  expect(() => createPipeline({ endpoints, use: [hedge(), retry] })).toThrow('list "retry" first')
})
