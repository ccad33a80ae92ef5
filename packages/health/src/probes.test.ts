import { memoryStore } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { checksOf, stageOf } from "../test/stage.ts"

const onModels = { route: "models" } as const
const noProbeCalls = { probe: { always: true } } as const

describe("what comes back of a probe", () => {
  test.each([
    ["a list of models", undefined, "up", "success", "HTTP 200"],
    ["a 503", { kind: "error", error: "overloaded" }, "down", "failure", /^HTTP 5\d\d$/],
    ["a 401", { kind: "error", error: "invalid-key" }, "down", "key-failure", "HTTP 401"],
    ["a 403 for a limited key", { kind: "error", error: "permission-denied" }, "down", "neutral", "HTTP 403"],
    ["a 404", { kind: "status", status: 404, body: "Not found" }, "down", "neutral", "HTTP 404"],
    ["a 429", { kind: "error", error: "rate-limited" }, "down", "neutral", "HTTP 429"],
    ["a page", { kind: "body-html" }, "down", "failure", "HTTP 200 with an unexpected answer"],
    ["a redirect elsewhere", { kind: "redirect" }, "down", "neutral", "A redirect was not followed"],
    ["a reset", { kind: "connection-reset" }, "error", "failure", /refused, reset or lost/],
    ["silence", { kind: "black-hole" }, "timeout", "failure", "no answer within 10 s"],
  ] as const)("%s", async (_, fault, outcome, health, reason) => {
    const stage = stageOf({ primary: { latencyMs: 40 } })
    if (fault !== undefined) stage.providers["primary"]?.inject(fault, onModels)
    await stage.clock.runUntil(stage.pipeline.ready())
    const [result] = stage.health.history()["primary/key-1"] ?? []
    expect(result).toMatchObject({ target: "primary/key-1", outcome, health, dateMs: Date.UTC(2026, 0, 1) })
    expect(result?.reason).toMatch(reason)
    expect(result?.latencyMs).toBe(outcome === "timeout" ? 10_000 : 40)
    expect(stage.providers["primary"]?.inFlight).toBe(0)
    await stage.pipeline.close()
    expect(stage.clock.pending).toBe(0)
  })

  test("what was expected is the user's to say: status and text", async () => {
    const seen: string[] = []
    const answer = (text: string): boolean => seen.push(text.slice(0, 1)) > 1
    const stage = stageOf({ primary: {} }, { options: { probe: { status: [200], answer } } })
    await stage.clock.runUntil(stage.pipeline.ready())
    await stage.clock.runUntil(stage.health.probe())
    expect(stage.log).toEqual([
      "0 primary/key-1 down HTTP 200 with an unexpected answer",
      "0 primary/key-1 up HTTP 200",
    ])
    expect(seen).toEqual(["{", "{"])
  })

  test("a check of the answer that throws takes nobody out of use", async () => {
    const answer = (): boolean => {
      throw new Error("from the user")
    }
    const stage = stageOf({ primary: {}, backup: {} }, { options: { probe: { answer, always: true } } })
    await stage.clock.advance(0)
    void stage.pipeline.ready()
    await stage.clock.advance(300_000)
    expect(stage.health.snapshot()["primary/key-1"]).toMatchObject({ state: "healthy", probes: { up: 0 } })
    expect(stage.log.every((line) => line.includes("the check of its answer threw"))).toBe(true)
  })

  test("path, method, headers and body go out as they are configured, with the key", async () => {
    const probe = { path: "/ping?full=1", method: "POST", headers: { "x-probe": "yes" }, body: "{}" }
    const stage = stageOf({ primary: {} }, { options: { probe } })
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(stage.providers["primary"]?.requests).toMatchObject([
      { method: "POST", path: "/v1/ping", query: { full: "1" }, body: "{}", key: "sk-primary" },
    ])
    expect(stage.providers["primary"]?.requests[0]?.headers).toMatchObject({ "x-probe": "yes" })
  })

  test("a huge answer is not read to its end", async () => {
    const huge = { kind: "body-huge", bytes: 50_000_000 } as const
    const texts: number[] = []
    const answer = (text: string): boolean => texts.push(text.length) > 0
    const stage = stageOf(
      { primary: { faults: [{ ...huge, when: onModels }] } },
      { options: { probe: { answer } } },
    )
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(texts).toEqual([65_536])
    expect(stage.providers["primary"]?.inFlight).toBe(0)
  })

  test("a text that never ends is given up in time", async () => {
    const stall = { kind: "body-stall", atByte: 10, when: onModels } as const
    const stage = stageOf({ primary: { faults: [stall] } }, { options: { probe: { answer: () => true } } })
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(stage.log).toEqual(["10000 primary/key-1 timeout no answer within 10 s"])
    expect(stage.providers["primary"]?.inFlight).toBe(0)
  })

  test("a transport that is deaf to its signal holds nothing up, and its late answer is left", async () => {
    let isLeft = false
    const clock = virtualClock()
    const late = () =>
      clock.sleep(60_000).then(() => new Response(new ReadableStream({ cancel: () => void (isLeft = true) })))
    const stage = stageOf({ primary: {} }, { clock, fetch: () => late })
    await clock.runUntil(stage.pipeline.ready())
    expect(stage.log).toEqual(["10000 primary/key-1 timeout no answer within 10 s"])
    await stage.pipeline.close()
    await clock.advance(60_000)
    expect(isLeft).toBe(true)
  })
})

describe("rounds", () => {
  test("all targets are asked at once, and again after 24 to 36 s", async () => {
    const stage = stageOf(
      { primary: { latencyMs: 500 }, backup: { latencyMs: 500 } },
      { options: noProbeCalls },
    )
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(stage.log).toEqual(["500 primary/key-1 up HTTP 200", "500 backup/key-1 up HTTP 200"])
    await stage.clock.advance(3_600_000)
    const dates = (stage.health.history()["primary/key-1"] ?? []).map(({ dateMs }) => dateMs)
    const gaps = dates.slice(1).map((dateMs, index) => dateMs - (dates[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(24_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(36_000)
    expect(new Set(gaps).size).toBeGreaterThan(gaps.length / 2)
    expect(dates).toHaveLength(100)
  })

  test("who had calls and is well is spared, until there are none", async () => {
    const stage = stageOf({ primary: {}, backup: {} })
    await stage.clock.runUntil(stage.pipeline.ready())
    for (let time = 0; time < 30; time++) {
      await stage.ask("primary/key-1")
      await stage.clock.advance(10_000)
    }
    expect(checksOf(stage.providers["primary"]!)).toHaveLength(1)
    expect(checksOf(stage.providers["backup"]!).length).toBeGreaterThan(8)
    await stage.clock.advance(100_000)
    expect(checksOf(stage.providers["primary"]!).length).toBeGreaterThan(1)
  })

  test("who is unavailable for whatever reason is probed, calls or not", async () => {
    const speaker: Plugin = {
      name: "speaker",
      setup({ board }) {
        const scope = { endpoint: "primary", model: "gpt-4o" }
        board.say(scope, { status: "unavailable", reason: "the test says so" })
      },
    }
    const stage = stageOf({ primary: {}, backup: {} }, { use: [speaker] })
    for (let time = 0; time < 30; time++) {
      await stage.ask("primary/key-1")
      await stage.clock.advance(10_000)
    }
    expect(checksOf(stage.providers["primary"]!).length).toBeGreaterThan(8)
  })

  test("no more than 32 are asked at once, and nobody twice", async () => {
    let inFlight = 0
    let most = 0
    const clock = virtualClock()
    const slow = async () => {
      most = Math.max(most, ++inFlight)
      await clock.sleep(9_000)
      inFlight--
      return Response.json({})
    }
    const casts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`e${index}`, {}]))
    const stage = stageOf(casts, { clock, fetch: () => slow })
    const both = Promise.all([stage.pipeline.ready(), stage.health.probe(), stage.health.probe("e0/key-1")])
    const [, all, one] = await clock.runUntil(both)
    expect(most).toBe(32)
    expect([all.length, one.length, stage.log.length]).toEqual([40, 1, 40])
  })

  test("a probe that takes longer than the interval is not asked twice", async () => {
    const probe = { intervalMs: 2_000, timeoutMs: 10_000 }
    const stage = stageOf({ primary: { faults: [{ kind: "black-hole" }] } }, { options: { probe } })
    void stage.pipeline.ready()
    await stage.clock.advance(9_000)
    expect(stage.providers["primary"]?.requests).toHaveLength(1)
  })

  test("a fleet asks a target once for all, and all learn from it", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const cast = { primary: { faults: [{ kind: "error", error: "overloaded" } as const] }, backup: {} }
    const stages = [stageOf(cast, { clock, store }), stageOf(cast, { clock, store })]
    const [first, second] = stages
    void first?.pipeline.ready()
    await clock.advance(5_000)
    void second?.pipeline.ready()
    await clock.advance(300_000)
    const asked = stages.map(({ providers }) => providers["primary"]?.requests.length ?? 0)
    expect(asked[0]! + asked[1]!).toBeLessThan(16)
    for (const { health } of stages) expect(health.snapshot()["primary/key-1"]?.state).toBe("unhealthy")
  })
})

test("calls begin the rounds, and the first one comes an interval later: a script of one call sends no probe", async () => {
  const stage = stageOf({ primary: {}, backup: {} })
  await stage.askTimes(1, "primary/key-1")
  await stage.clock.advance(20_000)
  expect(checksOf(stage.providers["backup"]!)).toEqual([])
  await stage.clock.advance(16_000)
  expect(checksOf(stage.providers["backup"]!)).toHaveLength(1)
})

describe("a paid completion", () => {
  const completion = { model: "gpt-4o", dailyCap: 3 }
  const paidOf = ({ requests }: { readonly requests: readonly { readonly path: string }[] }) =>
    requests.filter(({ path }) => path === "/v1/chat/completions").length

  test("is asked for after a good probe, and no more often than its cap in a day of UTC", async () => {
    const stage = stageOf({ primary: {} }, { options: { probe: { completion } } })
    void stage.pipeline.ready()
    await stage.clock.advance(86_399_000)
    expect(paidOf(stage.providers["primary"]!)).toBe(3)
    await stage.clock.advance(120_000)
    expect(paidOf(stage.providers["primary"]!)).toBeGreaterThan(3)
    const paid = stage.health.history()["primary/key-1"]?.filter(({ model }) => model === "gpt-4o")
    expect(paid?.at(-1)?.outcome).toBe("up")
  })

  test("sees what the list of models hides", async () => {
    const broken = { kind: "body-error", error: "server-error", when: { route: "chat" } } as const
    const options = { probe: { completion: { ...completion, dailyCap: 100 } } }
    const stage = stageOf({ primary: { faults: [broken] }, backup: {} }, { options })
    void stage.pipeline.ready()
    await stage.clock.advance(70_000)
    expect(stage.said).toMatchObject([{ scope: { endpoint: "primary", model: "gpt-4o" } }])
    expect(stage.health.snapshot()["backup/key-1"]?.models).toEqual({})
  })

  test("is not asked of who does not answer anyway", async () => {
    const stage = stageOf({ primary: { accepts: ["another"] } }, { options: { probe: { completion } } })
    void stage.pipeline.ready()
    await stage.clock.advance(70_000)
    expect(paidOf(stage.providers["primary"]!)).toBe(0)
  })
})

test("probes are asked for by hand, of one or of all, and refused in a sentence where there are none", async () => {
  const stage = stageOf({ primary: {}, backup: {} })
  expect(await stage.clock.runUntil(stage.health.probe("backup/key-1"))).toMatchObject([
    { target: "backup/key-1" },
  ])
  expect(await stage.clock.runUntil(stage.health.probe())).toHaveLength(2)
  await expect(stage.health.probe("nobody")).rejects.toThrow(/There is no target "nobody"/)
  const without = stageOf({ primary: {} }, { options: { probe: false } })
  await expect(without.health.probe()).rejects.toThrow(/not probed/)
  await without.pipeline.ready()
  expect(without.clock.pending).toBe(0)
})
