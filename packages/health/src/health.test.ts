import { Circuits, PipelineError } from "@bellwether/core"
import type { Plugin, Verdict } from "@bellwether/core"
import type { Fault } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"
import { health } from "./health.ts"

const down: Fault = { kind: "error", error: "overloaded" }
const onChat = { route: "chat" } as const
const onModels = { route: "models" } as const
const unprobed = { options: { probe: false } } as const

/** `endpoint/key/model: status` of all that the board is told. */
const said = (stage: Stage): readonly string[] =>
  stage.said.map(({ scope: { endpoint, key, model }, verdict }) => {
    const name = [endpoint, key, model].filter((part) => part !== undefined).join("/")
    return `${name}: ${verdict.status}`
  })

const reasonOf = (verdict: Verdict | undefined): string =>
  verdict === undefined || verdict.status === "available" ? "" : verdict.reason

const untilOf = (verdict: Verdict | undefined): number =>
  verdict?.status === "unavailable" ? (verdict.untilMs ?? Infinity) : 0

const changesOf = ({ log }: Stage): readonly string[] => log.filter((line) => line.includes("->"))

/** Who has been woken. */
const sleeper = () => {
  const woken: string[] = []
  const plugin: Plugin = {
    name: "sleeper",
    setup: ({ provide }) => provide(Circuits, { wake: ({ id }) => void woken.push(id) }),
  }
  return { plugin, woken }
}

describe("what probes tell", () => {
  test("three failures in a row take a target out of use until its next probe, one success puts it on trial, two end it", async () => {
    const { plugin, woken } = sleeper()
    const stage = stageOf({ primary: {}, backup: {} }, { use: [plugin] })
    const { clock } = stage
    const outage = stage.providers["primary"]?.inject(down, onModels)
    void stage.pipeline.ready()
    await clock.advance(30_000)
    expect(said(stage)).toEqual([])
    await clock.advance(50_000)
    expect(said(stage)).toEqual(["primary/key-1: unavailable"])
    const [statement] = stage.said
    expect(reasonOf(statement?.verdict)).toMatch(
      /^its probes failed 3 times in a row, the last time: HTTP 5\d\d$/,
    )
    const untilMs = untilOf(statement?.verdict)
    expect(untilMs - clock.now()).toBeGreaterThan(0)
    expect(untilMs - clock.now()).toBeLessThan(36_000)
    expect(woken).not.toContain("primary/key-1")

    outage?.remove()
    await clock.advance(untilMs - clock.now())
    expect(said(stage)).toEqual(["primary/key-1: degraded"])
    expect(woken).toContain("primary/key-1")
    await clock.advance(36_000)
    expect(said(stage)).toEqual([])
    expect(changesOf(stage).map((line) => line.replace(/^\d+ /, ""))).toEqual([
      "primary/key-1 healthy -> unhealthy",
      "primary/key-1 unhealthy -> degraded",
      "primary/key-1 degraded -> healthy",
    ])
  })

  test("while a probe is under way nobody takes the target to be back", async () => {
    const stage = stageOf({ primary: { faults: [{ kind: "black-hole" }] }, backup: {} })
    void stage.pipeline.ready()
    const heard: string[] = []
    for (let second = 0; second < 300; second++) {
      await stage.clock.advance(1_000)
      if (changesOf(stage).length > 0) heard.push(...said(stage))
    }
    expect(new Set(heard)).toEqual(new Set(["primary/key-1: unavailable"]))
    expect(changesOf(stage)).toHaveLength(1)
  })

  test("an endpoint without the path, or a key that may not read it, is neither unhealthy nor woken", async () => {
    const { plugin, woken } = sleeper()
    const stage = stageOf({ primary: {}, limited: {}, backup: {} }, { use: [plugin] })
    stage.providers["primary"]?.inject({ kind: "status", status: 404, body: "Not found" }, onModels)
    stage.providers["limited"]?.inject({ kind: "error", error: "permission-denied" }, onModels)
    void stage.pipeline.ready()
    await stage.clock.advance(300_000)
    expect(changesOf(stage)).toEqual([])
    expect(new Set(woken)).toEqual(new Set(["backup/key-1"]))
  })

  test("who is reached again is not unhealthy, though it has no list of models", async () => {
    const stage = stageOf({ primary: {}, backup: {} })
    stage.providers["primary"]?.inject({ kind: "status", status: 404, body: "Not found" }, onModels)
    stage.providers["primary"]?.inject({ kind: "connection-reset" }, { untilMs: 100_000 })
    void stage.pipeline.ready()
    await stage.clock.advance(100_000)
    expect(said(stage)).toEqual(["primary/key-1: unavailable"])
    await stage.clock.advance(72_000)
    expect(said(stage)).toEqual([])
  })

  test("a refused key is the key's: unhealthy, but only its own calls may park it", async () => {
    const stage = stageOf({ primary: { keys: ["bad", "good"], accepts: ["good"] }, backup: {} })
    void stage.pipeline.ready()
    await stage.clock.advance(100_000)
    expect(said(stage)).toEqual(["primary/key-1: degraded"])
    expect(reasonOf(stage.said[0]?.verdict)).toMatch(
      /^its key was refused \d times in a row, the last time: HTTP 401$/,
    )
    expect(stage.health.snapshot()).toMatchObject({
      "primary/key-1": { state: "unhealthy" },
      "primary/key-2": { state: "healthy", reasons: [] },
    })
  })

  test("what all keys of an endpoint have alike is said once, of the endpoint", async () => {
    const stage = stageOf({ primary: { keys: ["a", "b"], faults: [down] }, backup: {}, third: {} })
    void stage.pipeline.ready()
    await stage.clock.advance(100_000)
    // Both are its whole tier, of which half stays in use.
    expect(said(stage)).toEqual(["primary/key-1: unavailable", "primary/key-2: degraded"])
    const mates = stageOf({
      primary: { tier: 0, keys: ["a", "b"], faults: [down] },
      backup: { tier: 0, keys: ["c", "d"] },
    })
    void mates.pipeline.ready()
    await mates.clock.advance(100_000)
    expect(said(mates)).toEqual(["primary: unavailable"])
    expect(reasonOf(mates.said[0]?.verdict)).toMatch(/^all 2 keys: its probes failed \d times in a row/)
    mates.providers["primary"]?.clear()
    await mates.clock.advance(72_000)
    expect(
      changesOf(mates)
        .map((line) => line.replace(/^\d+ /, ""))
        .filter((line) => line.startsWith("primary ")),
    ).toEqual(["primary healthy -> unhealthy", "primary unhealthy -> healthy"])
    expect(said(mates)).toEqual([])
  })

  test("a call that is answered is better evidence than probes", async () => {
    const stage = stageOf({ primary: {}, backup: {} })
    stage.providers["primary"]?.inject(down, onModels)
    void stage.pipeline.ready()
    await stage.clock.advance(100_000)
    expect(said(stage)).toEqual(["primary/key-1: unavailable"])
    await stage.ask("primary/key-1")
    expect(said(stage)).toEqual([])
  })

  test("the last target is kept in use, and it is said why", async () => {
    const stage = stageOf({ primary: { faults: [down] } })
    void stage.pipeline.ready()
    await stage.clock.advance(100_000)
    expect(said(stage)).toEqual(["primary/key-1: degraded"])
    expect(reasonOf(stage.said[0]?.verdict)).toMatch(/; still in use, for nothing else is left$/)
    expect(stage.health.snapshot()["primary/key-1"]?.state).toBe("unhealthy")
  })
})

describe("what calls tell", () => {
  test("the blind spot: while completions fail a probe that answers makes nothing healthy", async () => {
    const { plugin, woken } = sleeper()
    const stage = stageOf({ primary: {}, backup: {} }, { use: [plugin] })
    stage.providers["primary"]?.inject(down, onChat)
    const states: string[] = []
    for (let time = 0; time < 60; time++) {
      await stage.ask("primary/key-1")
      await stage.clock.advance(5_000)
      states.push(stage.health.snapshot()["primary/key-1"]?.models["gpt-4o"]?.state ?? "healthy")
    }
    expect(states.slice(2)).not.toContain("healthy")
    expect(stage.health.snapshot()["primary/key-1"]).toMatchObject({
      probes: { down: 0 },
      lastProbe: { outcome: "up" },
    })
    expect(woken).toContain("primary/key-1")
  })

  test("three failures in a row take a model on a target out of use for a while that grows, and others not", async () => {
    const stage = stageOf({ primary: {}, backup: {} }, unprobed)
    stage.providers["primary"]?.inject(down, { model: "gpt-4o" })
    await stage.askTimes(3, "primary/key-1")
    await stage.ask("primary/key-1", { model: "gpt-4o-mini" })
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: unavailable"])
    expect(stage.said[0]?.verdict).toMatchObject({
      untilMs: 5_000,
      reason: expect.stringMatching(/^3 calls in a row failed, the last one: overloaded \(5\d\d\)/),
    })
    const untils: number[] = []
    for (let fall = 0; fall < 5; fall++) {
      const startedAtMs = stage.clock.now()
      untils.push(untilOf(stage.said[0]?.verdict) - startedAtMs)
      await stage.clock.advance(untils.at(-1)!)
      expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
      await stage.ask("primary/key-1")
    }
    expect(untils).toEqual([5_000, 10_000, 20_000, 30_000, 30_000])
  })

  test("two answered calls on trial end it", async () => {
    const stage = stageOf({ primary: {}, backup: {} }, { options: { probe: false, failureShare: false } })
    stage.providers["primary"]?.inject(down, { hits: 3 })
    await stage.askTimes(3, "primary/key-1")
    await stage.ask("primary/key-1")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
    await stage.ask("primary/key-1")
    expect(changesOf(stage)).toEqual([
      "0 primary/key-1/gpt-4o healthy -> unhealthy",
      "0 primary/key-1/gpt-4o unhealthy -> degraded",
      "0 primary/key-1/gpt-4o degraded -> healthy",
    ])
    expect(stage.clock.pending).toBe(0)
  })

  test("a target on trial that gets no calls is not degraded for ever", async () => {
    const stage = stageOf({ primary: {}, backup: {} }, unprobed)
    stage.providers["primary"]?.inject(down, { hits: 3 })
    await stage.askTimes(3, "primary/key-1")
    await stage.clock.advance(124_000)
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
    await stage.clock.advance(1_000)
    expect(said(stage)).toEqual([])
    expect(stage.clock.pending).toBe(0)
  })

  test("what began before a target became unhealthy neither lifts nor prolongs it", async () => {
    const options = { probe: false, ejectMs: 120_000 } as const
    const stage = stageOf({ primary: { tokensPerSecond: 1 }, backup: {} }, { options })
    const old = stage.begin("primary/key-1")
    await stage.clock.advance(1_000)
    stage.providers["primary"]?.inject(down, { hits: 3 })
    const failing = Promise.all([
      stage.begin("primary/key-1"),
      stage.begin("primary/key-1"),
      stage.begin("primary/key-1"),
    ])
    await stage.clock.runUntil(failing)
    const before = stage.said
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: unavailable"])
    expect((await stage.clock.runUntil(old)).ok).toBe(true)
    expect(stage.said).toEqual(before)
  })

  test.each<readonly [string, Fault]>([
    ["cut", { kind: "stream-cut", afterContent: 3 }],
    ["reset", { kind: "stream-reset", afterContent: 3 }],
    ["an error in band", { kind: "stream-error", error: "overloaded", afterContent: 3 }],
    ["without its end", { kind: "stream-cut", afterContent: 9_999 }],
  ])("streams that are %s count, though they began well", async (_, fault) => {
    const stage = stageOf({ primary: { faults: [fault] }, backup: {} }, unprobed)
    await stage.askTimes(3, "primary/key-1")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: unavailable"])
  })

  test.each<readonly [string, Fault]>([
    ["a caller's fault", { kind: "error", error: "invalid-request" }],
    ["a throttle", { kind: "error", error: "rate-limited" }],
    ["a missing model", { kind: "error", error: "model-missing" }],
  ])("%s says nothing of health", async (_, fault) => {
    const stage = stageOf({ primary: { faults: [fault] }, backup: {} }, unprobed)
    await stage.askTimes(20, "primary/key-1")
    expect(changesOf(stage)).toEqual([])
  })

  test("callers who give up say nothing of health", async () => {
    const stage = stageOf({ primary: { faults: [{ kind: "black-hole" }] }, backup: {} }, unprobed)
    for (let time = 0; time < 10; time++) {
      const controller = new AbortController()
      stage.clock.after(1_000, () => controller.abort())
      await stage.clock.runUntil(stage.begin("primary/key-1", { signal: controller.signal }))
    }
    expect(changesOf(stage)).toEqual([])
  })

  test("a refused key is the key's, whatever the model", async () => {
    const stage = stageOf({ primary: { keys: ["bad", "good"], accepts: ["good"] }, backup: {} }, unprobed)
    await stage.askTimes(2, "primary/key-1")
    await stage.ask("primary/key-1", { model: "gpt-4o-mini" })
    await stage.ask("primary/key-2")
    expect(said(stage)).toEqual(["primary/key-1: degraded"])
  })

  test("the same failure on several keys is the endpoint's, and covers the keys nobody has tried", async () => {
    const keys = ["a", "b", "c"]
    const stage = stageOf({ primary: { tier: 0, keys, faults: [down] }, backup: { tier: 0, keys } }, unprobed)
    await stage.askTimes(3, "primary/key-1")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: unavailable"])
    await stage.askTimes(3, "primary/key-2")
    expect(said(stage)).toEqual(["primary/gpt-4o: unavailable"])
    expect(changesOf(stage)).toEqual([
      "0 primary/key-1/gpt-4o healthy -> unhealthy",
      "0 primary/gpt-4o healthy -> unhealthy",
    ])
  })

  test("a key that works shows that the others' failure is not the endpoint's", async () => {
    const keys = ["a", "b", "c"]
    const stage = stageOf({ primary: { tier: 0, keys }, backup: { tier: 0, keys } }, unprobed)
    stage.providers["primary"]?.inject(down, { key: ["a", "b"] })
    await stage.clock.advance(1)
    await stage.ask("primary/key-3")
    await stage.askTimes(3, "primary/key-1")
    await stage.askTimes(3, "primary/key-2")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: unavailable", "primary/key-2/gpt-4o: unavailable"])
  })

  test("partial failure degrades, until it has ended or nobody has called for a while", async () => {
    const stage = stageOf({ primary: {}, backup: {} }, unprobed)
    const fault = stage.providers["primary"]?.inject(down, { every: 5 })
    await stage.askTimes(30, "primary/key-1")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
    expect(reasonOf(stage.said[0]?.verdict)).toMatch(/^\d\d % of its last calls failed$/)
    fault?.remove()
    await stage.askTimes(30, "primary/key-1")
    expect(said(stage)).toEqual([])
    stage.providers["primary"]?.inject(down, { every: 5 })
    await stage.askTimes(30, "primary/key-1")
    await stage.clock.advance(120_000)
    expect(said(stage)).toEqual([])
  })
})

describe("what slowness tells", () => {
  const usual = { latencyMs: 400 }
  const slow: Fault = { kind: "latency", ms: 2_000 }

  test("a first content three times as late as it is as a rule degrades, and its end takes that back", async () => {
    const stage = stageOf({ primary: usual, backup: {} }, unprobed)
    await stage.askTimes(20, "primary/key-1")
    const fault = stage.providers["primary"]?.inject(slow)
    await stage.askTimes(20, "primary/key-1")
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
    expect(reasonOf(stage.said[0]?.verdict)).toBe("first content takes 2.4 s (p95), 401 ms as a rule")
    fault?.remove()
    await stage.askTimes(20, "primary/key-1")
    expect(said(stage)).toEqual([])
  })

  test("callers who give up on slow streams do not hide how slow they are", async () => {
    const stage = stageOf({ primary: usual, backup: {} }, unprobed)
    await stage.askTimes(20, "primary/key-1")
    stage.providers["primary"]?.inject(slow)
    for (let time = 0; time < 20; time++) {
      const controller = new AbortController()
      stage.clock.after(1_500, () => controller.abort())
      await stage.clock.runUntil(stage.begin("primary/key-1", { signal: controller.signal }))
    }
    expect(said(stage)).toEqual(["primary/key-1/gpt-4o: degraded"])
  })

  test("slow pieces degrade, though the first comes in time", async () => {
    const stage = stageOf({ primary: { tokensPerSecond: 50 }, backup: {} }, unprobed)
    await stage.askTimes(20, "primary/key-1")
    expect(said(stage)).toEqual([])
    stage.providers["primary"]?.inject({ kind: "stream-trickle", everyMs: 160 })
    await stage.askTimes(20, "primary/key-1")
    expect(reasonOf(stage.said[0]?.verdict)).toMatch(
      /^a piece of a stream takes \d+ ms \(p95\), 1\d ms as a rule$/,
    )
  })

  test("a caller who reads slowly says nothing of the provider", async () => {
    const stage = stageOf({ primary: { tokensPerSecond: 50 }, backup: {} }, unprobed)
    await stage.askTimes(20, "primary/key-1")
    for (let time = 0; time < 20; time++) await stage.ask("primary/key-1", { pauseMs: 500 })
    expect(said(stage)).toEqual([])
  })
})

test("one object is for one pipeline, and knows nothing before it is in one", () => {
  const unused = health()
  for (const ask of [() => unused.snapshot(), () => unused.history()])
    expect(ask).toThrow(expect.objectContaining({ code: "plugin-unused" }))
  const { health: used } = stageOf({ primary: {} })
  const reuse = () => used.setup({} as never)
  expect(reuse).toThrow(PipelineError)
  expect(reuse).toThrow(/is in a pipeline already/)
})
