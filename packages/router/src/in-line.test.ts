import { Choice, Impatient } from "@bellwether/core"
import type { CallMiddleware, Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { fullDesk } from "../test/full-desk.ts"
import { stageOf, storyOf } from "../test/stage.ts"
import type { Cast, StageOptions } from "../test/stage.ts"
import { CallWaited } from "./index.ts"

const layer = (call: CallMiddleware): Plugin => ({ name: "layer", setup: () => ({ call }) })

/** Endpoints of which some are full, each until a time, for nobody knows how long, or not at all. */
function queueing(
  full: Readonly<Record<string, number | undefined>>,
  casts: Readonly<Record<string, Cast>>,
  { use = [], ...options }: StageOptions = {},
) {
  const desk = fullDesk(full)
  return { desk, ...stageOf(casts, { ...options, use: [...use, desk.plugin] }) }
}

/** The only one in line. */
const onlyOf = <T>(all: readonly T[]): T => {
  expect(all).toHaveLength(1)
  return all[0]!
}

describe("a call whose targets are all full", () => {
  test("stands in line and goes when its turn comes, beyond its patience", async () => {
    const { desk, clock, begin } = queueing(
      { alpha: undefined },
      { alpha: {} },
      { router: { soloPatienceMs: 10 } },
    )
    const call = begin()
    await clock.advance(20_000)
    const one = onlyOf(desk.standing)
    expect(one.left).toBe(0)
    one.decide(true)
    const result = await clock.runUntil(call)
    expect(storyOf(result)).toEqual(["waited", "alpha first"])
    expect(result.ok).toBe(true)
    expect(one.left).toBe(1)
    expect(result.call.trail).toContainEqual(
      expect.objectContaining({ step: "waited", reason: "stood in line for alpha/key-1", waitMs: 20_000 }),
    )
    expect(clock.pending).toBe(0)
  })

  test("stands in the line of the one that is back soonest", async () => {
    const { desk, clock, begin } = queueing({ alpha: 9_000, beta: 4_000 }, { alpha: {}, beta: {} })
    void begin()
    await clock.advance(0)
    expect(onlyOf(desk.standing).endpoint).toBe("beta")
  })

  test("leaves the line for another target as soon as that is available", async () => {
    const stage = queueing({ alpha: 4_000, beta: 9_000 }, { alpha: {}, beta: {} })
    const { desk, clock, board, begin } = stage
    const call = begin()
    await clock.advance(1_000)
    desk.full.delete("beta")
    board.touch()
    expect(storyOf(await clock.runUntil(call))).toEqual(["waited", "alpha skipped", "beta first"])
    expect(onlyOf(desk.standing).left).toBe(1)
    expect(clock.now()).toBe(1_000)
  })

  test("also when nobody tells that the other's time has come", async () => {
    const { clock, begin, board } = queueing({ alpha: 1_000 }, { alpha: {}, beta: {} })
    board.say({ endpoint: "beta" }, { status: "unavailable", untilMs: 5_000, reason: "gated" })
    const result = await clock.runUntil(begin())
    expect(storyOf(result).at(-1)).toBe("beta first")
    expect(clock.now()).toBeGreaterThanOrEqual(5_000)
    expect(clock.now()).toBeLessThanOrEqual(6_100)
  })

  test("keeps its place when the board changes and nothing is available", async () => {
    const { desk, clock, board, begin } = queueing({ alpha: undefined }, { alpha: {}, beta: {} })
    board.say({ endpoint: "beta" }, { status: "unavailable", reason: "broken" })
    const call = begin()
    await clock.advance(0)
    for (let change = 0; change < 5; change++) {
      board.touch()
      await clock.advance(100)
    }
    onlyOf(desk.standing).decide(true)
    expect(storyOf(await clock.runUntil(call))).toEqual(["waited", "beta skipped", "alpha first"])
  })

  test("where the wait is in vain is not waited for: the call is refused, with the time it would be back", async () => {
    const { desk, clock, begin } = queueing({ alpha: 45_000 }, { alpha: {} })
    const call = begin()
    await clock.advance(0)
    onlyOf(desk.standing).decide(false)
    expect(await clock.runUntil(call)).toMatchObject({
      ok: false,
      failure: { code: "no-target", retryAfterMs: 45_000 },
    })
    expect(clock.now()).toBe(0)
    expect(onlyOf(desk.standing).left).toBe(1)
  })

  test("and asks at the others first", async () => {
    const { desk, clock, begin } = queueing({ alpha: 1_000, beta: 2_000 }, { alpha: {}, beta: {} })
    const call = begin()
    await clock.advance(0)
    desk.standing[0]?.decide(false)
    await clock.advance(0)
    expect(desk.standing.map(({ endpoint }) => endpoint)).toEqual(["alpha", "beta"])
    desk.standing[1]?.decide(true)
    expect(storyOf(await clock.runUntil(call)).at(-1)).toBe("beta first")
  })

  test("gives its turn up when somebody else refuses the target, and does not ask for the next at once", async () => {
    const refusing: Plugin = {
      name: "refusing",
      setup: () => ({ admit: { take: () => ({ status: "unavailable", reason: "no", untilMs: 2_000 }) } }),
    }
    const { desk, clock, begin } = queueing({ alpha: 1_000 }, { alpha: {} }, { use: [refusing] })
    const call = begin()
    await clock.advance(0)
    desk.standing[0]?.decide(true)
    await clock.advance(1)
    expect(desk.standing.map(({ left }) => left)).toEqual([1])
    await clock.advance(3_000)
    expect(desk.standing).toHaveLength(2)
    desk.standing[1]?.decide(false)
    expect((await clock.runUntil(call)).ok).toBe(false)
  })

  test("law 8: a caller who gives up leaves the line within the tick", async () => {
    const { desk, clock, begin } = queueing({ alpha: undefined }, { alpha: {} })
    const caller = new AbortController()
    const call = begin({ signal: caller.signal })
    await clock.advance(1_000)
    caller.abort()
    await clock.advance(0)
    expect(onlyOf(desk.standing).left).toBe(1)
    expect(await clock.runUntil(call)).toMatchObject({ ok: false, failure: { class: "cancelled" } })
    expect(clock.pending).toBe(0)
  })

  test("waits are told", async () => {
    const { desk, clock, begin, pipeline } = queueing({ alpha: undefined }, { alpha: {} })
    const heard: number[] = []
    pipeline.on(CallWaited, ({ waitMs }) => heard.push(waitMs))
    const call = begin()
    await clock.advance(700)
    onlyOf(desk.standing).decide(true)
    await clock.runUntil(call)
    expect(heard).toEqual([700])
  })
})

describe("nobody stands in line", () => {
  test.each(["panic", "fail"] as const)("where the options say to %s", async (onUnavailable) => {
    const { desk, ask } = queueing({ alpha: 1_000 }, { alpha: {} }, { router: { onUnavailable } })
    expect(await ask()).toMatchObject({ ok: false, failure: { code: "no-target" } })
    expect(desk.standing).toEqual([])
  })

  test("for a call that has another plan", async () => {
    const impatient = layer((request, next, context) => next(request, context.with(Impatient, true)))
    const { desk, ask, clock } = queueing({ alpha: 1_000 }, { alpha: {} }, { use: [impatient] })
    expect(await ask()).toMatchObject({ ok: false, failure: { code: "no-target" } })
    expect([desk.standing, clock.now()]).toEqual([[], 0])
  })
})

describe("a target somebody outside has chosen", () => {
  const choosing = (isImpatient = false): Plugin =>
    layer((request, next, context) => {
      const target = context.candidates[0]!
      return next(request, context.with(Choice, { target, kind: "repeat" }).with(Impatient, isImpatient))
    })

  test("is stood in line for, and nothing else is taken instead", async () => {
    const { desk, clock, begin } = queueing({ alpha: 1_000 }, { alpha: {}, beta: {} }, { use: [choosing()] })
    const call = begin()
    await clock.advance(5_000)
    onlyOf(desk.standing).decide(true)
    expect(storyOf(await clock.runUntil(call))).toEqual(["waited", "alpha repeat"])
    expect(onlyOf(desk.standing).left).toBe(1)
  })

  test("refuses a call that would stand in line in vain", async () => {
    const { desk, clock, begin } = queueing({ alpha: 45_000 }, { alpha: {} }, { use: [choosing()] })
    const call = begin()
    await clock.advance(0)
    onlyOf(desk.standing).decide(false)
    expect(await clock.runUntil(call)).toMatchObject({
      ok: false,
      failure: { class: "target-refused", retryAfterMs: 45_000 },
    })
  })

  test("is not waited for by a call that has another plan", async () => {
    const { desk, ask } = queueing({ alpha: 1_000 }, { alpha: {} }, { use: [choosing(true)] })
    expect(await ask()).toMatchObject({ ok: false, failure: { class: "target-refused" } })
    expect(desk.standing).toEqual([])
  })
})
