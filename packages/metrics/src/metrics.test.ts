import { createPipeline } from "@bellwether/core"
import type { CallResult, Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { route, setUp } from "../test/stage.ts"
import { metrics } from "./index.ts"

const textOf = async (result: CallResult): Promise<string> => {
  if (!result.ok) throw result.error
  return result.response.text()
}

const down = { kind: "status", status: 500 } as const
const words = (count: number) => Array.from({ length: count }, () => "word").join(" ")

describe("calls", () => {
  test("are counted as successful, failed and cancelled, and the rate leaves out the cancelled", async () => {
    const { clock, stats, ask } = setUp({
      primary: ["fine", "fine", down, { kind: "black-hole" }],
      use: [route([0, "first"])],
    })
    for (let call = 0; call < 3; call++) await clock.runUntil(ask())
    const caller = new AbortController()
    const asking = ask({ signal: caller.signal })
    await clock.advance(100)
    expect(stats.snapshot()).toMatchObject({ total: 3, inFlight: 1 })
    caller.abort()
    await asking
    const counted = { total: 4, successful: 2, failed: 1, cancelled: 1, inFlight: 0 }
    expect(stats.snapshot()).toMatchObject(counted)
    expect(stats.snapshot().successRatePercent).toBeCloseTo(66.67, 2)
    expect(stats.snapshot().targets["primary/key-1"]).toMatchObject({
      ...counted,
    })
    expect(stats.snapshot().targets["primary/key-1"]!.failures).toEqual({ "server-error": 1 })
    expect(stats.snapshot().firstContentMs, "of streams alone").toBeNull()
  })

  test("that were cut after their commit have failed, and end when their body ends", async () => {
    const { clock, stats, ask } = setUp({ primary: [{ kind: "stream-cut", afterContent: 1 }] })
    const result = await clock.runUntil(ask({ stream: true }))
    expect(stats.snapshot()).toMatchObject({ total: 0, inFlight: 1 })
    await expect(textOf(result)).rejects.toThrow("primary/key-1")
    expect(stats.snapshot()).toMatchObject({ total: 1, successful: 0, failed: 1, inFlight: 0 })
  })

  test("take as long as until the end of the body; failed ones do not count", async () => {
    const { clock, stats, ask } = setUp({
      primary: [words(10), words(20), words(30), down],
      tokensPerSecond: 10,
      use: [route([0, "first"])],
    })
    for (let call = 0; call < 4; call++)
      await clock.runUntil(
        ask({ stream: true })
          .then(textOf)
          .catch(() => {}),
      )
    const { latencyMs, firstContentMs, targets } = stats.snapshot()
    expect(latencyMs!.mean).toBeCloseTo(2_000, -2)
    expect(latencyMs!.p50).toBeCloseTo(2_000, -2)
    expect(latencyMs!.p99).toBeCloseTo(3_000, -2)
    expect(firstContentMs!.max).toBeLessThanOrEqual(200)
    expect(targets["primary/key-1"]!.latencyMs).toEqual(latencyMs)
  })

  test("without one there are no rates and no durations", () => {
    const empty = { total: 0, successRatePercent: null, latencyMs: null, firstContentMs: null }
    expect(setUp().stats.snapshot()).toMatchObject(empty)
  })
})

describe("moves", () => {
  test("a failover is an attempt on another target than the one before, a retry one of the kind repeat", async () => {
    const { clock, stats, ask } = setUp({
      primary: [down],
      backup: [down],
      use: [route([0, "first"], [0, "repeat"], [1, "first"], [0, "repeat"])],
    })
    await clock.runUntil(ask())
    const { total, failed, failovers, retries, targets } = stats.snapshot()
    expect({ total, failed, failovers, retries }).toEqual({ total: 1, failed: 1, failovers: 2, retries: 2 })
    expect(targets["primary/key-1"]).toMatchObject({ total: 3, failovers: 1, retries: 2 })
    expect(targets["backup/key-1"]).toMatchObject({ total: 1, failovers: 1, retries: 0 })
  })

  test("a hedge is neither", async () => {
    const { clock, stats, ask } = setUp({ primary: [down], use: [route([0, "first"], [1, "hedge"])] })
    await clock.runUntil(ask())
    expect(stats.snapshot()).toMatchObject({ successful: 1, failovers: 0, retries: 0 })
  })

  test("a target that was refused took no attempt, so going on from it is no failover", async () => {
    const moody: Plugin = {
      name: "moody",
      setup: ({ board }) => {
        board.say(
          { endpoint: "primary", key: "key-1", model: "gpt-4o" },
          { status: "degraded", reason: "It is slow." },
        )
        board.say({ endpoint: "primary" }, { status: "unavailable", reason: "It is closed on Sundays." })
        board.say({ endpoint: "backup", key: "another" }, { status: "degraded", reason: "Not of this key." })
        const take = ({ target }: { target: { endpoint: string } }) =>
          target.endpoint === "primary"
            ? ({ status: "unavailable", reason: "It is closed on Sundays." } as const)
            : undefined
        return { admit: { take } }
      },
    }
    const { clock, stats, ask } = setUp({ use: [moody] })
    await clock.runUntil(ask())
    const { failovers, targets } = stats.snapshot()
    expect(failovers).toBe(0)
    expect(targets).toMatchObject({
      "primary/key-1": {
        total: 0,
        refusals: 1,
        status: "unavailable",
        reasons: ["moody, gpt-4o: It is slow.", "moody: It is closed on Sundays."],
      },
      "backup/key-1": { total: 1, refusals: 0, status: "available", reasons: [] },
    })
  })
})

test("a snapshot is plain data, and a status page gets it from inspect()", async () => {
  const { clock, stats, pipeline, ask } = setUp({ primary: [down], use: [route([0, "first"], [1, "first"])] })
  await clock.runUntil(ask())
  expect(JSON.parse(JSON.stringify(stats.snapshot()))).toEqual(stats.snapshot())
  expect(pipeline.inspect().plugins["metrics"]).toEqual(stats.snapshot())
})

test("after a reset it counts from zero, and what is under way when it ends", async () => {
  const { clock, stats, ask } = setUp({ primary: ["fine"], tokensPerSecond: 1 })
  await clock.runUntil(ask())
  const asking = ask({ stream: true })
  await clock.advance(500)
  stats.reset()
  expect(stats.snapshot()).toMatchObject({ sinceMs: 1_000_000 + clock.now(), total: 0, inFlight: 1 })
  await clock.runUntil(asking.then(textOf))
  expect(stats.snapshot()).toMatchObject({ total: 1, successful: 1, inFlight: 0 })
  expect(stats.snapshot().targets["primary/key-1"]).toMatchObject({ total: 1, failures: {}, refusals: 0 })
})

test("one object is for one pipeline", () => {
  const stats = metrics()
  expect(() => stats.snapshot()).toThrow(expect.objectContaining({ code: "plugin-unused" }))
  const options = { endpoints: [{ id: "primary", baseURL: "https://primary.test/v1" }], use: [stats] }
  createPipeline(options)
  expect(() => createPipeline(options)).toThrow(expect.objectContaining({ code: "plugin-reused" }))
})
