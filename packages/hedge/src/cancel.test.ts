import { describe, expect, test } from "vitest"
import { after, stageOf, tidy } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"

const hang = { kind: "black-hole" } as const

describe("law 8: whoever gives up while two are in flight ends both", () => {
  const stage = (): Stage => stageOf({ a: [hang], b: [hang] })

  test("the caller", async () => {
    const { clock, ask, ...rest } = stage()
    const controller = new AbortController()
    clock.after(1_500, () => controller.abort("enough"))
    const { atMs, result, attempts } = await clock.runUntil(ask({ signal: controller.signal }))
    expect({ atMs, attempts }).toEqual({ atMs: 1_500, attempts: ["a first cancelled", "b hedge cancelled"] })
    expect(result).toMatchObject({ ok: false, failure: { class: "cancelled" } })
    await tidy({ clock, ask, ...rest })
  })

  test("the caller, before the delay has passed", async () => {
    const { clock, ask, ...rest } = stage()
    const controller = new AbortController()
    clock.after(500, () => controller.abort("enough"))
    const { atMs } = await clock.runUntil(ask({ signal: controller.signal }))
    expect({ atMs, pending: clock.pending }).toEqual({ atMs: 500, pending: 0 })
    await tidy({ clock, ask, ...rest })
  })

  test("the deadline", async () => {
    const { clock, ask, ...rest } = stage()
    const { atMs, result } = await clock.runUntil(ask({ deadlineMs: 3_000 }))
    expect(atMs).toBe(3_000)
    expect(result).toMatchObject({ ok: false, failure: { code: "deadline-exceeded" } })
    await tidy({ clock, ask, ...rest })
  })

  test("the pipeline", async () => {
    const { clock, ask, pipeline, ...rest } = stage()
    clock.after(1_500, () => void pipeline.close())
    expect((await clock.runUntil(ask())).result).toMatchObject({ failure: { code: "pipeline-closed" } })
    await tidy({ clock, ask, pipeline, ...rest })
  })

  test("the caller who stops reading the winner", async () => {
    const stage = stageOf({ a: [after(5_000)], b: [after(300, "one two three")] })
    const body = JSON.stringify({
      model: "gpt-4o",
      stream: true,
      messages: [{ role: "user", content: "Hi" }],
    })
    const asked = stage.pipeline.call({ path: "/chat/completions", method: "POST", body })
    const result = await stage.clock.runUntil(asked)
    if (result.ok) await result.response.body?.cancel()
    expect(result.call.attempts.map(({ ending }) => ending?.failure?.class)).toEqual([
      "superseded",
      "cancelled",
    ])
    await tidy(stage)
  })
})
