import { describe, expect, test } from "vitest"
import { after, failing, stageOf, tidy } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"

// A first content comes 100 ms after the head.

const times = <T>(count: number, line: T): readonly T[] => Array.from({ length: count }, () => line)

/** Makes so many calls, one after the other. */
async function calls(stage: Stage, count: number): Promise<void> {
  for (let call = 0; call < count; call++) await stage.clock.runUntil(stage.ask())
}

/** Milliseconds after which a first content is late, as the plugin tells. */
function delayOf({ pipeline }: Stage, model = "gpt-4o"): number | null | undefined {
  const { models } = pipeline.inspect().plugins["hedge"] as {
    readonly models: Readonly<Record<string, { readonly delayMs: number | null }>>
  }
  return models[model]?.delayMs
}

describe("the delay", () => {
  test("is not known before fifty first contents are", async () => {
    const a = [...times(49, after(100)), after(5_000), after(5_000)]
    const stage = stageOf({ a, b: [after(100)] }, { hedge: {} })
    await calls(stage, 50)
    expect(stage.told).toEqual([])
    await calls(stage, 1)
    expect(stage.told).toHaveLength(2)
    await tidy(stage)
  })

  test("is the 95th percentile of the first contents", async () => {
    const a = [...times(6, after(2_900)), ...times(94, after(400)), after(20_000)]
    const stage = stageOf({ a, b: [after(100)] }, { hedge: {} })
    await calls(stage, 101)
    expect(delayOf(stage)).toSatisfy((ms: number) => Math.abs(ms - 3_000) <= 60)
    expect(stage.told[0]).toMatch(/after (29[4-9]\d|30[0-5]\d)/)
  })

  test("is another share where one is wanted, and never below the floor", async () => {
    const a = [...times(94, after(400)), ...times(6, after(2_900))]
    const stage = stageOf({ a, b: [] }, { hedge: { percentile: 0.9, floorMs: 200 } })
    const floored = stageOf({ a, b: [] }, { hedge: { percentile: 0.9, floorMs: 700 } })
    await calls(stage, 100)
    await calls(floored, 100)
    expect(delayOf(stage)).toSatisfy((ms: number) => Math.abs(ms - 500) <= 10)
    expect(delayOf(floored)).toBe(700)
  })

  test("is learned for each model", async () => {
    const a = [...times(50, after(4_900)), ...times(50, after(1_900))]
    const stage = stageOf({ a, b: [] }, { hedge: {} })
    const models = [...times(50, "gpt-4o"), ...times(50, "gpt-4o-mini")]
    await stage.clock.runUntil(Promise.all(models.map((model) => stage.ask({ ask: { model } }))))
    expect(delayOf(stage)).toSatisfy((ms: number) => Math.abs(ms - 5_000) <= 100)
    expect(delayOf(stage, "gpt-4o-mini")).toSatisfy((ms: number) => Math.abs(ms - 2_000) <= 40)
  })

  test("is forgotten when nothing was asked for five minutes", async () => {
    const stage = stageOf({ a: [after(100)], b: [] }, { hedge: {} })
    await calls(stage, 60)
    expect(delayOf(stage)).toBe(1_000)
    await stage.clock.advance(300_000)
    expect(delayOf(stage)).toBeNull()
  })

  test("learns nothing from what fails early, however often", async () => {
    const stage = stageOf({ a: [failing(10)], b: [] }, { hedge: {} })
    await calls(stage, 200)
    expect(delayOf(stage)).toBeNull()
  })

  test("learns nothing from hedges: of them only the fast ones are seen to the end", async () => {
    const a = [...times(10, after(900)), after(9_000)]
    const options = { minimumSamples: 10, percentile: 0.5, maxExtra: 1 }
    const stage = stageOf({ a, b: [after(100)] }, { hedge: options })
    await calls(stage, 40)
    expect(stage.told.filter((line) => line.includes("hedge-won"))).toHaveLength(30)
    expect(delayOf(stage)).toBeGreaterThan(1_100)
  })
})

describe("of an attempt that was late and had no content", () => {
  const slow = [...times(50, after(400)), after(20_000)]

  test.each([
    ["it lost to a hedge", [...times(50, after(400)), after(20_000)]],
    ["it failed", [...times(50, after(400)), failing(20_000)]],
  ])("the time it lasted counts as its first content: %s", async (_, a) => {
    const stage = stageOf({ a, b: [after(7_900)] }, { hedge: { percentile: 0.98, minimumSamples: 50 } })
    await calls(stage, 50)
    expect(delayOf(stage)).toBe(1_000)
    await calls(stage, 2)
    // 1,000 ms and the hedge's 8,000.
    expect(delayOf(stage)).toSatisfy((ms: number) => Math.abs(ms - 9_000) <= 180)
  })

  test("which was given up by its caller the same holds", async () => {
    const stage = stageOf({ a: slow, b: [{ kind: "black-hole" }] }, { hedge: { percentile: 0.98 } })
    await calls(stage, 50)
    for (const ms of [5_000, 6_000]) {
      const controller = new AbortController()
      stage.clock.after(ms, () => controller.abort())
      await stage.clock.runUntil(stage.ask({ signal: controller.signal }))
    }
    expect(delayOf(stage)).toSatisfy((ms: number) => Math.abs(ms - 5_000) <= 100)
    await tidy(stage)
  })
})
