import { memoryStore } from "@bellwether/core"
import type { Store } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { BudgetOptions } from "../src/index.ts"

const daily: BudgetOptions = { name: "shared", limit: { tokens: 2_000 }, per: "day" }

const fleetOf = (budgets: readonly BudgetOptions[], store: Store | undefined, clock = virtualClock()) => {
  const shared = store ?? memoryStore({ clock })
  const join = () => stageOf({ budgets, store: shared, clock })
  return { clock, join }
}

describe("a fleet with a store", () => {
  test.each<BudgetOptions>([daily, { ...daily, window: "rolling" }, { ...daily, limit: { usd: 0.002 } }])(
    "adds up what all of them used: %j",
    async (budget) => {
      const clock = virtualClock()
      const store = memoryStore({ clock })
      const endpoints = [{ price: { input: 1, output: 1 } }]
      const [a, b] = [1, 2].map(() => stageOf({ budgets: [budget], store, clock, endpoints }))
      for (let call = 0; call < 5; call++) await a?.ask()
      for (let call = 0; call < 5; call++) await b?.ask()
      await clock.advance(1_000)
      for (const stage of [a, b]) {
        const [state] = stage?.quota.snapshot().budgets ?? []
        expect((state?.used ?? 0) / (state?.limit ?? 1)).toBeCloseTo(0.5, 9)
      }
      expect(await b?.told({ maxTokens: 960 })).toBe("primary/key-1")
      await clock.advance(1_000)
      expect([await a?.told({ maxTokens: 961 }), await b?.told({ maxTokens: 961 })]).toContain(
        "quota-exhausted",
      )
    },
  )

  test("a process that starts anew knows what was used before, once it is ready", async () => {
    const { clock, join } = fleetOf([daily, { ...daily, name: "hourly", per: "hour" }], undefined)
    const first = join()
    for (let call = 0; call < 3; call++) {
      await first.ask()
      await clock.advance(300_000)
    }
    await first.ask()
    await first.pipeline.close()
    const second = join()
    await clock.runUntil(second.pipeline.ready())
    expect([second.spent("shared"), second.spent("hourly")]).toEqual([{ "": [400, 0] }, { "": [400, 0] }])
    await clock.advance(86_400_000 - clock.now())
    expect(second.spent("shared")).toEqual({ "": [0, 0] })
  })

  test("who dies with reservations leaves nothing of them behind", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const never = (): Promise<Response> => new Promise(() => {})
    const first = stageOf({ budgets: [daily], store, clock, serve: never })
    void first.begin()
    await clock.advance(5_000)
    expect(first.spent()).toEqual({ "": [1_040, 1_040] })
    const second = stageOf({ budgets: [daily], store, clock })
    await clock.runUntil(second.pipeline.ready())
    expect(second.spent()).toEqual({ "": [0, 0] })
  })

  test("each tag is known to a new process from its first call on", async () => {
    const { clock, join } = fleetOf([{ ...daily, scope: "tag" }], undefined)
    await join().ask({ tag: "search" })
    await clock.advance(1_000)
    const second = join()
    await second.ask({ tag: "search" })
    await clock.advance(1_000)
    expect(second.spent()).toEqual({ search: [200, 0] })
  })
})

describe("without its store", () => {
  const lostStore = (isLost: () => boolean, store: Store): Store => ({
    ...store,
    get: (key) => (isLost() ? Promise.reject(new Error("lost")) : store.get(key)),
    increment: (...increment) =>
      isLost() ? Promise.reject(new Error("lost")) : store.increment(...increment),
  })

  test("a process goes on with what it knows, and tells the rest when the store is back", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    let isLost = true
    const { join } = fleetOf(
      [{ ...daily, limit: { tokens: 100_000 } }],
      lostStore(() => isLost, store),
      clock,
    )
    const first = join()
    for (let call = 0; call < 60; call++) {
      expect(await first.told()).toBe("primary/key-1")
      await clock.advance(1_000)
    }
    expect(first.spent()).toEqual({ "": [6_000, 0] })
    isLost = false
    await clock.advance(10_000)
    const second = join()
    await clock.runUntil(second.pipeline.ready())
    const [used] = second.spent()[""] ?? [0]
    // What was on its way when it was lost may have arrived, so it is not told again.
    expect(used).toBe(5_900)
    expect(first.spent()).toEqual({ "": [6_000, 0] })
  })

  test("a store that hangs holds nobody, and one that talks nonsense is not believed", async () => {
    const clock = virtualClock()
    const nonsense = memoryStore({ clock })
    await nonsense.swap('quota:["shared","tokens","day","calendar",""]:1767225600000', undefined, "a lot")
    const hanging: Store = {
      ...nonsense,
      get: () => new Promise(() => {}),
      increment: () => new Promise(() => {}),
    }
    for (const store of [nonsense, hanging]) {
      const stage = fleetOf([daily], store, clock).join()
      await clock.runUntil(stage.pipeline.ready())
      expect(await stage.told()).toBe("primary/key-1")
      await clock.advance(5_000)
      expect(stage.spent()).toEqual({ "": [100, 0] })
      await stage.pipeline.close()
      await clock.advance(100)
    }
    expect(clock.pending).toBe(0)
  })
})
