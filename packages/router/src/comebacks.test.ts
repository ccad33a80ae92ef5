import { available, seededRandom } from "@bellwether/core"
import type { Verdict } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { degraded, target } from "../test/scenes.ts"
import { stageOf, storyOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"
import { createComebacks } from "./comebacks.ts"

const closed = { status: "unavailable", reason: "closed for the test" } as const satisfies Verdict

/** A stage whose first endpoint was away for a minute and is back. */
async function afterOutage(casts: Parameters<typeof stageOf>[0], rampMs?: number): Promise<Stage> {
  const stage = stageOf(casts, rampMs === undefined ? {} : { router: { rampMs } })
  stage.board.say({ endpoint: "alpha" }, closed)
  await stage.ask()
  await stage.clock.advance(60_000)
  stage.board.say({ endpoint: "alpha" }, available)
  return stage
}

/** Percent of so many calls made now that go to the first endpoint. */
async function percentBack(stage: Stage, calls = 400): Promise<number> {
  let back = 0
  for (let call = 0; call < calls; call++)
    if ((await stage.ask()).call.attempts[0]?.target.endpoint === "alpha") back++
  return (100 * back) / calls
}

describe("a target that comes back", () => {
  test.each([
    ["a lower tier", { alpha: {}, low: { tier: 1 } }],
    ["its own tier", { alpha: {}, beta: {} }],
  ])("takes a growing share of the calls that %s can take", async (_title, casts) => {
    const stage = await afterOutage(casts)
    expect(Math.abs((await percentBack(stage)) - 10)).toBeLessThan(5)
    await stage.clock.advance(5_000)
    expect(Math.abs((await percentBack(stage)) - 55)).toBeLessThan(6)
    await stage.clock.advance(5_000)
    expect(await percentBack(stage)).toBe(100)
  })

  test("takes the call that first sees it back, for it may be a probe", async () => {
    const stage = await afterOutage({ alpha: {}, low: { tier: 1 } })
    expect(storyOf(await stage.ask())).toEqual(["alpha first"])
  })

  test("takes every call if there is no other", async () => {
    const stage = await afterOutage({ alpha: {}, low: { tier: 1 } })
    stage.board.say({ endpoint: "low" }, closed)
    expect(await percentBack(stage, 50)).toBe(100)
  })

  test("is told in the trail of calls that go elsewhere, and in the inspection", async () => {
    const stage = await afterOutage({ alpha: {}, low: { tier: 1 } })
    await stage.ask()
    const { call } = await stage.ask()
    expect(call.trail[0]).toMatchObject({
      step: "target-skipped",
      target: "alpha/key-1",
      reason: "back only now: takes a growing share of the calls",
    })
    expect(stage.pipeline.inspect().plugins["router"]).toMatchObject({
      comingBack: [{ target: "alpha/key-1", model: "gpt-4o", share: 0.1 }],
    })
  })

  test("takes all at once without a ramp", async () => {
    expect(await percentBack(await afterOutage({ alpha: {}, low: { tier: 1 } }, 0), 50)).toBe(100)
  })

  test("is not spared where something lives", async () => {
    const stage = await afterOutage({ alpha: { keys: ["sk-1", "sk-2"] } })
    for (let time = 0; time < 20; time++) {
      const { call } = await stage.ask({ path: "/files/file-1", method: "GET", body: null })
      expect(call.attempts[0]?.target.id).toBe("alpha/key-1")
    }
  })
})

describe("comebacks", () => {
  const alpha = target("alpha/main")
  const playing = (rampMs = 10_000) => {
    const clock = virtualClock()
    const comebacks = createComebacks({ clock, random: seededRandom(1), rampMs })
    const spared = (verdict: Verdict, times: number, model?: string): number =>
      Array.from({ length: times }, () => comebacks.spares(alpha, model, verdict)).filter(Boolean).length
    return { clock, comebacks, spared }
  }

  test("are nothing while all is well", () => {
    const { comebacks, spared } = playing()
    expect(spared(available, 100) + spared(degraded, 100)).toBe(0)
    expect(comebacks.inspect()).toEqual([])
  })

  test("of a second are over in a second", async () => {
    const { clock, spared } = playing()
    spared(closed, 1)
    await clock.advance(1_000)
    expect(spared(available, 100)).toBeGreaterThan(80)
    await clock.advance(1_000)
    expect(spared(available, 100)).toBe(0)
  })

  test("begin when the target was due, and not when somebody looked", async () => {
    const { clock, spared } = playing()
    spared({ ...closed, untilMs: 30_000 }, 1)
    await clock.advance(39_000)
    const late = spared(available, 1_000)
    expect(late).toBeGreaterThan(50)
    expect(late).toBeLessThan(150)
    await clock.advance(1_000)
    expect(spared(available, 100)).toBe(0)
  })

  test("begin anew with every probe, and let each through", async () => {
    const { clock, spared } = playing()
    spared(closed, 1)
    await clock.advance(60_000)
    for (let probe = 0; probe < 3; probe++) {
      expect(spared(available, 1)).toBe(0)
      expect(spared(closed, 20)).toBe(0)
      await clock.advance(500)
    }
    expect(spared(available, 1)).toBe(0)
    expect(spared(available, 100)).toBeGreaterThan(80)
  })

  test("are of one model", async () => {
    const { clock, spared } = playing()
    spared(closed, 1, "gpt-4o")
    await clock.advance(60_000)
    spared(available, 1, "gpt-4o")
    expect(spared(available, 100, "o3")).toBe(0)
    expect(spared(available, 100, "gpt-4o")).toBeGreaterThan(80)
  })

  test("are forgotten when they are over", async () => {
    const { clock, comebacks, spared } = playing()
    spared(closed, 1)
    await clock.advance(60_000)
    spared(available, 1)
    expect(comebacks.inspect()).toHaveLength(1)
    await clock.advance(10_000)
    expect(comebacks.inspect()).toEqual([])
  })
})
