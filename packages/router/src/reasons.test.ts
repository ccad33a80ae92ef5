import type { Verdict } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"

const closed = { status: "unavailable", reason: "closed for the test" } as const satisfies Verdict
const gated = { ...closed, untilMs: 90_000 }
const parked = { ...gated, parked: true } as const

/** Why the first attempt of a call went where it went. */
async function reasonOf(stage: Stage, path = "/chat/completions"): Promise<string | undefined> {
  const { call } = await stage.ask(path === "/chat/completions" ? {} : { path, method: "GET", body: null })
  const started = call.trail.find((entry) => entry.step === "attempt-started")
  return started?.step === "attempt-started" ? started.reason : undefined
}

describe("the trail says why a target was chosen", () => {
  test("among equals: by strategy", async () => {
    expect(await reasonOf(stageOf({ alpha: {}, beta: {} }))).toBe("first in declared order")
  })

  test("of a tier of its own", async () => {
    expect(await reasonOf(stageOf({ alpha: {}, low: { tier: 1 } }))).toBe(
      "healthiest of the lowest tier left",
    )
  })

  test("as the only one, or the only one left", async () => {
    expect(await reasonOf(stageOf({ alpha: {} }))).toBe("only one available")
    const stage = stageOf({ alpha: {}, low: { tier: 1 } })
    stage.board.say({ endpoint: "alpha" }, closed)
    expect(await reasonOf(stage)).toBe("only one available")
  })

  test("as the only one there is, although it is parked", async () => {
    const stage = stageOf({ alpha: {} })
    stage.board.say({ endpoint: "alpha" }, parked)
    expect(await reasonOf(stage)).toBe("only target of the call")
  })

  test("because all are unavailable", async () => {
    const stage = stageOf({ alpha: {}, beta: {} })
    for (const endpoint of ["alpha", "beta"]) stage.board.say({ endpoint }, gated)
    expect(await reasonOf(stage)).toBe("panic: all are unavailable")
  })

  test("because something lives there", async () => {
    const stage = stageOf({ alpha: { keys: ["sk-1", "sk-2"] }, beta: {} })
    expect(await reasonOf(stage, "/files/file-1")).toBe("what is asked for lives there")
  })
})

describe("a strategy", () => {
  const counting = () => {
    const made: string[] = []
    const strategy = () => {
      made.push("made")
      return { pick: ([first]: readonly [never, ...never[]]) => first }
    }
    return { made, strategy }
  }

  test("that was asked for is refused where every target has a tier of its own: it would never be asked", () => {
    const { made, strategy } = counting()
    const tiers = { alpha: {}, low: { tier: 1 } }
    expect(() => stageOf(tiers, { router: { strategy } })).toThrow(
      "router.strategy has nothing to choose from",
    )
    expect(() => stageOf(tiers, { router: { strategy: "p2c" } })).toThrow("the same `tier`")
    expect(made).toEqual([])
    expect(() => stageOf({ alpha: {} }, { router: { strategy: "p2c" } })).not.toThrow()
    expect(() => stageOf(tiers)).not.toThrow()
  })

  test("is made once where some share one", () => {
    const { made, strategy } = counting()
    stageOf({ alpha: {}, low: { tier: 1, keys: ["sk-1", "sk-2"] } }, { router: { strategy } })
    expect(made).toEqual(["made"])
  })
})
