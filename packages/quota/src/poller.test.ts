import { memoryStore } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { answer, failure, stageOf } from "../test/stage.ts"
import type { Seen, Stage, StageOptions } from "../test/stage.ts"
import type { UsageReader } from "./index.ts"

/** A provider with a quota of 100 a day, and what of it is used. */
function provider(used: { of: number }, more: StageOptions = {}): Stage {
  return stageOf({
    usage: { primary: "daily" },
    endpoints: [{}, {}],
    serve: ({ path }) =>
      path.endsWith("/usage") ? Response.json({ daily_limit: 100, daily_used: used.of }) : answer(),
    ...more,
  })
}

const asked = ({ seen }: Stage): readonly Seen[] => seen.filter(({ path }) => path.endsWith("/usage"))

const dayMs = 86_400_000
const minuteMs = 60_000

describe("the article's story: the daily quota is used up at three in the afternoon", () => {
  test("calls go to the backup from the next question on, and come back at midnight", async () => {
    const used = { of: 0 }
    const stage = provider(used)
    await stage.clock.runUntil(stage.pipeline.ready())
    await stage.clock.advance(14 * 60 * minuteMs)
    expect(await stage.told()).toBe("primary/key-1")
    used.of = 85
    await stage.clock.advance(60 * minuteMs)
    expect(stage.log.map((line) => line.replace(/^\d+ /, ""))).toEqual([
      "quota-low provider primary/key-1 15 units",
    ])
    used.of = 100
    await stage.clock.advance(72_000)
    expect(stage.log[1]).toMatch(/quota-exhausted provider primary\/key-1 0 units/)
    expect(await stage.told()).toBe("backup/key-1")
    expect(stage.quota.snapshot().keys).toEqual([
      expect.objectContaining({ target: "primary/key-1", parked: true, left: 0, limit: 100 }),
    ])
    const [{ verdict } = { verdict: undefined }] = stage.pipeline.inspect().targets
    expect(verdict).toMatchObject({ status: "unavailable", parked: true, untilMs: dayMs })
    expect(verdict).toMatchObject({
      reason: expect.stringMatching(/nothing of 100 units is left .* 2026-01-02T00:00/),
    })
    await stage.clock.advance(dayMs - stage.clock.now() - 1)
    expect(await stage.told()).toBe("backup/key-1")
    used.of = 0
    await stage.clock.advance(1)
    expect(await stage.told()).toBe("primary/key-1")
    await stage.clock.advance(minuteMs * 2)
    expect(stage.log.at(-1)).toMatch(/quota-restored provider primary\/key-1 100 units/)
    expect(stage.log).toHaveLength(3)
  })

  test("a top-up is seen before the reset", async () => {
    const used = { of: 100 }
    const stage = provider(used)
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(await stage.told()).toBe("backup/key-1")
    used.of = 90
    await stage.clock.advance(72_000)
    expect(await stage.told()).toBe("primary/key-1")
  })

  test("a call that is told so makes us ask at once", async () => {
    const used = { of: 50 }
    const stage = provider(used, {
      endpoints: [{}],
      serve: ({ path }) => {
        if (path.endsWith("/usage")) return Response.json({ daily_limit: 100, daily_used: used.of })
        return used.of < 100 ? answer() : failure(429, "insufficient_quota")
      },
    })
    await stage.clock.runUntil(stage.pipeline.ready())
    await stage.clock.advance(15_000)
    used.of = 100
    expect(await stage.told()).toBe("quota-exhausted")
    await stage.clock.advance(0)
    expect(stage.quota.snapshot().keys[0]).toMatchObject({ parked: true })
    for (let call = 0; call < 20; call++) await stage.ask()
    expect(asked(stage)).toHaveLength(2)
  })

  test("what the provider says does not stop a call that has nowhere else to go", async () => {
    const stage = provider({ of: 100 }, { endpoints: [{}] })
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(await stage.told()).toBe("primary/key-1")
  })

  test("a refused question is an answer too, when it says that nothing is left", async () => {
    const stage = provider(
      { of: 0 },
      { serve: ({ path }) => (path.endsWith("/usage") ? failure(401, "insufficient_user_quota") : answer()) },
    )
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(await stage.told()).toBe("backup/key-1")
    // Nobody knows until when, so it is not believed for ever.
    expect(stage.quota.snapshot().keys[0]).not.toHaveProperty("resetAtMs")
  })
})

describe("questions", () => {
  test("go out for each key with that key, every minute and a little", async () => {
    const stage = provider({ of: 1 }, { endpoints: [{ keys: ["sk-1", "sk-2"] }, {}] })
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(asked(stage).map(({ endpoint, key, path }) => [endpoint, key, path])).toEqual([
      ["primary", "sk-1", "/v1/usage"],
      ["primary", "sk-2", "/v1/usage"],
    ])
    await stage.clock.advance(60 * minuteMs)
    expect(asked(stage).length / 2).toBeGreaterThan(51)
    expect(asked(stage).length / 2).toBeLessThanOrEqual(61)
  })

  test("begin with the first call, which does not wait for them", async () => {
    const stage = provider(
      { of: 1 },
      {
        serve: ({ path }) => (path.endsWith("/usage") ? new Promise(() => {}) : answer()),
      },
    )
    expect(await stage.told()).toBe("primary/key-1")
    expect(stage.clock.now()).toBe(0)
    await stage.clock.advance(0)
    expect(asked(stage)).toHaveLength(1)
  })

  test.each<[string, () => Response | Promise<Response>, string]>([
    ["an error", () => failure(503, "overloaded"), "HTTP 503 (overloaded)"],
    ["a missing path", () => failure(404, "unknown_url"), "HTTP 404 (caller-fault)"],
    ["a page", () => new Response("<html>sk-primary</html>"), "its answer is no JSON"],
    ["something else", () => Response.json({ hello: "sk-primary" }), "its answer tells no quota"],
    [
      "more than anybody reads",
      () => new Response(`{"daily_limit":1,${" ".repeat(70_000)}"daily_used":1}`),
      "its answer is no JSON",
    ],
    [
      "a broken connection",
      () => Promise.reject(new TypeError("fetch failed: sk-primary")),
      "it could not be asked",
    ],
    ["a redirect elsewhere", () => Response.redirect("https://evil.test/"), "redirect-refused"],
    ["nothing", () => new Promise(() => {}), "no answer in time"],
    ["a body without an end", () => new Response(new ReadableStream({})), "no answer in time"],
  ])("that meet %s change nothing, and are asked less and less often", async (_, serve, error) => {
    const stage = provider({ of: 1 }, { serve: ({ path }) => (path.endsWith("/usage") ? serve() : answer()) })
    await stage.clock.runUntil(stage.pipeline.ready())
    expect(stage.quota.snapshot().keys).toEqual([{ target: "primary/key-1", parked: false, error }])
    expect(await stage.told()).toBe("primary/key-1")
    await stage.clock.advance(60 * minuteMs)
    // After 1, 2, 4, 8 minutes and so on, up to every quarter of an hour.
    expect(asked(stage).length).toBeGreaterThanOrEqual(6)
    expect(asked(stage).length).toBeLessThanOrEqual(8)
    expect(stage.log).toEqual([])
    await stage.pipeline.close()
    expect(stage.clock.pending).toBe(0)
  })

  test("that fail leave what is known as it is, until the reset", async () => {
    let isDown = false
    const stage = provider(
      { of: 100 },
      {
        serve: ({ path }) => {
          if (!path.endsWith("/usage")) return answer()
          return isDown ? failure(500, "broken") : Response.json({ daily_limit: 100, daily_used: 100 })
        },
      },
    )
    await stage.clock.runUntil(stage.pipeline.ready())
    isDown = true
    await stage.clock.advance(dayMs - stage.clock.now() - 1)
    expect(await stage.told()).toBe("backup/key-1")
    await stage.clock.advance(1)
    expect(await stage.told()).toBe("primary/key-1")
  })

  test("that fail are not waited for where no reset is known: half an hour later the key is tried again", async () => {
    let isDown = false
    const stage = provider(
      { of: 0 },
      {
        usage: { primary: "deepseek" },
        serve: ({ path }) => {
          if (!path.endsWith("/user/balance")) return answer()
          return isDown
            ? failure(500, "broken")
            : Response.json({ is_available: false, balance_infos: [{ currency: "USD" }] })
        },
      },
    )
    await stage.clock.runUntil(stage.pipeline.ready())
    isDown = true
    await stage.clock.advance(30 * minuteMs - 1)
    expect(await stage.told()).toBe("backup/key-1")
    await stage.clock.advance(1)
    expect(await stage.told()).toBe("primary/key-1")
  })

  test("can be asked by a function of one's own, whose mistakes are its own", async () => {
    const readers: Record<string, UsageReader> = {
      well: async ({ ask, target }) => ({
        left: target.key === "key-1" ? 7 : 0,
        limit: 100,
        unit: String(await ask("/bill?of=today")),
      }),
      throws: () => {
        throw new Error("sk-primary")
      },
      hangs: () => new Promise(() => {}),
    }
    const told: unknown[] = []
    for (const reader of Object.values(readers)) {
      const stage = provider(
        { of: 0 },
        {
          usage: { primary: reader },
          serve: ({ path }) => (path.endsWith("/bill?of=today") ? Response.json("sheep") : answer()),
        },
      )
      await stage.clock.runUntil(stage.pipeline.ready())
      const { left, unit, error } = stage.quota.snapshot().keys[0] ?? {}
      told.push([left, unit, error])
    }
    expect(told).toEqual([
      [7, "sheep", undefined],
      [undefined, undefined, "it could not be asked"],
      [undefined, undefined, "no answer in time"],
    ])
  })

  test("can be asked now, by whoever wants to know", async () => {
    const used = { of: 0 }
    const stage = provider(used)
    await stage.clock.runUntil(stage.pipeline.ready())
    used.of = 40
    await stage.clock.runUntil(stage.quota.poll("primary/key-1"))
    expect(stage.quota.snapshot().keys[0]).toMatchObject({
      used: 40,
      left: 60,
      checkedAtMs: Date.UTC(2026, 0, 1),
    })
    await expect(stage.quota.poll("backup/key-1")).rejects.toMatchObject({ code: "no-target" })
  })
})

test("a fleet with a store asks as one", async () => {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const used = { of: 0 }
  const stages = [1, 2, 3].map(() => provider(used, { clock, store }))
  for (const stage of stages) {
    await clock.runUntil(stage.pipeline.ready())
    await clock.advance(5_000)
  }
  const before = stages.reduce((sum, stage) => sum + asked(stage).length, 0)
  await clock.advance(60 * minuteMs)
  const questions = stages.reduce((sum, stage) => sum + asked(stage).length, 0) - before
  expect(questions).toBeLessThan(80)
  used.of = 100
  await clock.runUntil(stages[0]?.quota.poll() ?? Promise.resolve())
  await clock.advance(10)
  for (const stage of stages) expect(await stage.told()).toBe("backup/key-1")
})
