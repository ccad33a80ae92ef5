import { available } from "@bellwether/core"
import type { CallResult } from "@bellwether/core"
import type { Fault, ReceivedRequest } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { stageOf, storyOf } from "./stage.ts"

const broken: Fault = { kind: "error", error: "server-error" }
const revoked: Fault = { kind: "error", error: "invalid-key" }
const limited = (ms: number): Fault => ({
  kind: "error",
  error: "rate-limited",
  retryAfter: { as: "milliseconds", ms },
})

const allOf = (count: number, begin: () => Promise<CallResult>): Promise<readonly CallResult[]> =>
  Promise.all(Array.from({ length: count }, begin))

describe("law 2: sideways at once, down reluctantly", () => {
  test("through all targets of a tier, one more try, then down", async () => {
    const { ask } = stageOf({
      alpha: { keys: ["sk-1", "sk-2"], script: [revoked, broken] },
      beta: { tier: 0, script: [broken] },
      low: { tier: 1 },
    })
    expect(storyOf(await ask())).toEqual([
      "alpha/key-1 first",
      "credential",
      "alpha/key-2 first",
      "server-error",
      "beta/key-1 first",
      "server-error",
      "waited",
      "beta/key-1 repeat",
      "server-error",
      "low/key-1 first",
      "ok",
    ])
  })
})

describe("law 3: a gate holds for all calls", () => {
  test("twenty calls at a gated sole endpoint wait, and none of them is early", async () => {
    const script = ({ number }: ReceivedRequest) => (number === 1 ? limited(10_000) : "Hello.")
    const { begin, clock, providers } = stageOf({ alpha: { script } })
    const first = begin()
    await clock.advance(1)
    const results = await clock.runUntil(Promise.all([first, allOf(20, begin)]))
    expect(results.flat().every(({ ok }) => ok)).toBe(true)
    const [, ...later] = providers["alpha"]?.requests.map(({ startedAtMs }) => startedAtMs) ?? []
    expect(Math.min(...later)).toBeGreaterThanOrEqual(10_000)
    expect(new Set(later).size).toBeGreaterThan(10)
  })
})

describe("law 4: amplification is capped, rescue is not", () => {
  test("an outage of the primary loses no call and sends it at most 1.2 times the load", async () => {
    const { begin, clock, providers } = stageOf({ alpha: { script: [broken] }, beta: {} })
    const calls = 300
    const pending: Promise<CallResult>[] = []
    for (let call = 0; call < calls; call++) {
      pending.push(begin())
      await clock.advance(1_000)
    }
    const results = await clock.runUntil(Promise.all(pending))
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(providers["alpha"]?.requests.length).toBeLessThanOrEqual(calls * 1.2 + 10)
    expect(providers["beta"]?.requests).toHaveLength(calls)
  })
})

describe("law 10: when all targets are unavailable", () => {
  test("a call that failed elsewhere still gets its panic try, and is answered", async () => {
    const stage = stageOf({ alpha: { script: [{ kind: "refuse" }] }, beta: {} })
    stage.board.say({ endpoint: "beta" }, { status: "unavailable", reason: "maintenance" })
    const story = storyOf(await stage.ask())
    expect(story.slice(-3)).toEqual(["waited", "beta/key-1 panic", "ok"])
  })

  test("a target that comes back is used as soon as it does", async () => {
    const stage = stageOf({ alpha: {}, beta: {} })
    for (const endpoint of ["alpha", "beta"])
      stage.board.say({ endpoint }, { status: "unavailable", reason: "maintenance" })
    const call = stage.begin()
    await stage.clock.advance(1_000)
    stage.board.say({ endpoint: "beta" }, available)
    expect(storyOf(await stage.clock.runUntil(call))).toEqual(["waited", "beta/key-1 first", "ok"])
    expect(stage.clock.now()).toBe(1_000)
  })

  test("with nobody to try the real error is told, not ours", async () => {
    const { ask } = stageOf({ alpha: { script: [limited(30_000)] }, beta: { script: [limited(30_000)] } })
    const result = await ask()
    expect(result).toMatchObject({ ok: false, failure: { class: "rate-limited", status: 429 } })
  })
})

describe("law 14: what lives somewhere stays there", () => {
  test("a file is never asked for elsewhere, whatever its home answers", async () => {
    const { ask, providers } = stageOf({ alpha: {}, beta: {} })
    providers["alpha"]?.inject(broken)
    const result = await ask({ path: "/files/file-1", method: "GET", body: null })
    expect(result).toMatchObject({ ok: false, failure: { class: "server-error" } })
    expect(providers["alpha"]?.requests).toHaveLength(3)
    expect(providers["beta"]?.requests).toHaveLength(0)
  })
})

test("a key that was revoked and mended comes back by itself, and no call is lost", async () => {
  const state = { isRevoked: true }
  const script = ({ key }: ReceivedRequest) => (key === "sk-1" && state.isRevoked ? revoked : "Hello.")
  const { ask, clock } = stageOf({ alpha: { keys: ["sk-1", "sk-2"], script } })
  const keys: string[] = []
  for (let second = 0; second < 300; second += 10) {
    if (second === 100) state.isRevoked = false
    const result = await ask()
    expect(result.ok).toBe(true)
    keys.push(result.call.attempts.map(({ target }) => target.key.slice(-1)).join(""))
    await clock.advance(10_000)
  }
  expect(keys.join(" ")).toBe(["12", ..."22222", "12", ..."22222222222", ..."111111111111"].join(" "))
})
