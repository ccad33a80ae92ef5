import { HedgeStarted } from "@bellwether/hedge"
import type { Fault, Script } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { attemptsOf, stageOf } from "./stage.ts"
import type { Stage } from "./stage.ts"

const latency = (ms: number): Fault => ({ kind: "latency", ms })
const broken: Fault = { kind: "error", error: "server-error" }
const hang: Fault = { kind: "black-hole" }
const failing = (ms: number, fault = broken): Script => [{ faults: [fault, latency(ms)] }]

/** Tokens of the retry budget, by target. */
const tokensOf = ({ pipeline }: Stage): Readonly<Record<string, number>> =>
  (pipeline.inspect().plugins["retry"] as { readonly tokens: Readonly<Record<string, number>> }).tokens

const times = async <T>(count: number, run: () => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = []
  for (let time = 0; time < count; time++) results.push(await run())
  return results
}

describe("law 5: a hedge and the circuits", () => {
  test("losing changes no circuit, however often", async () => {
    const stage = stageOf({ a: { script: [latency(5_000)] }, b: { script: [latency(10)] } })
    const results = await times(30, stage.ask)
    for (const result of results) expect(attemptsOf(result)).toEqual(["a first superseded", "b hedge ok"])
    expect(stage.circuits).toEqual([])
    expect((await times(1, stage.ask)).map(({ call }) => call.attempts[0]?.target.endpoint)).toEqual(["a"])
  })

  test("a probe that loses is no success: the circuit stays half-open, and the next call probes again", async () => {
    const a = [...Array.from({ length: 5 }, () => broken), latency(5_000), latency(5_000), "well", "well"]
    const stage = stageOf({ a: { script: a }, b: { script: [latency(10)] } })
    await times(5, stage.ask)
    expect(stage.circuits).toEqual(["a circuit-opened"])
    await stage.clock.advance(10_000)
    const lost = await times(2, stage.ask)
    for (const result of lost) expect(attemptsOf(result)).toEqual(["a first superseded", "b hedge ok"])
    expect(stage.circuits).toEqual(["a circuit-opened", "a circuit-half-opened"])
    const won = await times(2, stage.ask)
    for (const result of won) expect(attemptsOf(result)).toEqual(["a first ok"])
    expect(stage.circuits.at(-1)).toBe("a circuit-closed")
  })

  test("a target whose circuit is open is not asked, and the call does not wait for it", async () => {
    const a = [...Array.from({ length: 5 }, () => "well"), latency(1_500)]
    const stage = stageOf({ b: { script: [broken] }, a: { script: a } })
    await stage.clock.runUntil(Promise.all(Array.from({ length: 5 }, () => stage.begin())))
    expect(stage.circuits).toEqual(["b circuit-opened"])
    const startedAtMs = stage.clock.now()
    expect(attemptsOf(await stage.ask())).toEqual(["a first ok"])
    expect(stage.clock.now() - startedAtMs).toBe(1_500)
  })
})

describe("law 4: a hedge and the retry budget", () => {
  const late = { a: { script: [latency(1_500)] }, b: { script: [latency(5_000)] } }

  test("one that loses costs its target a token", async () => {
    const stage = stageOf(late)
    await stage.ask()
    expect(tokensOf(stage)).toEqual({ "a/no-key": 10, "b/no-key": 9 })
  })

  test("without tokens there is none, and the call is answered as it would be", async () => {
    const stage = stageOf(late)
    const results = await stage.clock.runUntil(Promise.all(Array.from({ length: 15 }, () => stage.begin())))
    expect(results.filter(({ call }) => call.attempts.length === 2)).toHaveLength(10)
    expect(results.every(({ ok, call }) => ok && call.attempts[0]?.ending?.failure === undefined)).toBe(true)
  })
})

describe("law 1: a hedge and retry share one call", () => {
  test("what fails before the delay moves on, and may be hedged where it goes", async () => {
    const stage = stageOf({
      a: { script: [broken] },
      b: { script: [latency(5_000)] },
      c: { script: [latency(100)] },
    })
    expect(attemptsOf(await stage.ask())).toEqual([
      "a first server-error",
      "b first superseded",
      "c hedge ok",
    ])
  })

  test("a repeat may be hedged too, elsewhere than where it goes", async () => {
    const stage = stageOf({ a: { script: [broken, latency(5_000)] }, b: { tier: 1, script: [latency(10)] } })
    expect(attemptsOf(await stage.ask())).toEqual([
      "a first server-error",
      "a repeat superseded",
      "b hedge ok",
    ])
  })

  test("where both fail the call moves on to a third", async () => {
    const stage = stageOf({ a: { script: failing(2_000) }, b: { script: failing(100) }, c: {} })
    const result = await stage.ask()
    expect(attemptsOf(result)).toEqual(["a first server-error", "b hedge server-error", "c first ok"])
    expect(result.ok).toBe(true)
  })

  test.each([
    [2_000, 100],
    [1_100, 2_000],
  ])("where all fail the most telling failure is told, whichever was first", async (aMs, bMs) => {
    const tooLong: Fault = { kind: "error", error: "context-length" }
    const stage = stageOf({ a: { script: failing(aMs) }, b: { script: failing(bMs, tooLong) } })
    const result = await stage.ask()
    expect(result).toMatchObject({ ok: false, failure: { class: "context-length" } })
    expect(attemptsOf(result).slice(0, 2)).toEqual(["a first server-error", "b hedge context-length"])
  })

  test("law 11: a limit cuts neither of two that have no other target left", async () => {
    const stage = stageOf({ a: { script: [latency(15_000)] }, b: { script: [hang] } })
    const result = await stage.ask()
    expect(attemptsOf(result)).toEqual(["a first ok", "b hedge superseded"])
  })
})

test("law 8: a caller who gives up leaves nothing behind, whenever it is", async () => {
  for (const ms of [1, 500, 1_000, 1_001, 1_499, 1_500, 2_500, 4_999]) {
    const stage = stageOf({ a: { script: failing(1_500) }, b: { script: [hang] }, c: { script: [hang] } })
    const started: number[] = []
    stage.pipeline.on(HedgeStarted, () => void started.push(stage.clock.now()))
    const controller = new AbortController()
    stage.clock.after(ms, () => controller.abort())
    const result = await stage.clock.runUntil(stage.begin(controller.signal))
    expect(result.ok).toBe(false)
    expect(stage.clock.now()).toBe(ms)
    await stage.clock.advance(0)
    const open = Object.values(stage.providers).map(({ inFlight }) => inFlight)
    expect({ pending: stage.clock.pending, open }).toEqual({ pending: 0, open: [0, 0, 0] })
    await stage.clock.advance(60_000)
    expect(started).toEqual(ms > 1_000 ? [1_000] : [])
  }
})
