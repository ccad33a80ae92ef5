import { ListenerFailed } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { faultsOf } from "../test/schema.ts"
import { stageOf } from "../test/stage.ts"
import type { StageOptions } from "../test/stage.ts"
import { exportTrails, TrailsDropped } from "./export-trails.ts"
import type { TrailExportOptions } from "./export-trails.ts"
import type { TrailLine } from "./trail-line.ts"

const down = { kind: "status", status: 500 } as const

/** A stage whose trails are kept. */
function exporting(stage: Partial<StageOptions> = {}, options: Partial<TrailExportOptions> = {}) {
  const texts: string[] = []
  const trails = exportTrails({ write: (lines) => void texts.push(lines), ...options })
  const lines = (): TrailLine[] =>
    texts
      .join("")
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => JSON.parse(text) as TrailLine)
  const opened = stageOf({ use: [trails], ...stage })
  return { ...opened, trails, texts, lines, counts: () => opened.pipeline.inspect().plugins["export-trails"] }
}

describe("a line", () => {
  test("tells what a replay needs of a call that failed over", async () => {
    const { clock, ask, lines } = exporting({ primary: [down], backup: ["One two three."] })
    await clock.advance(1_000)
    const headers = { "x-bellwether-tag": "search" }
    const { call } = await ask({ stream: true, stream_options: { include_usage: true } }, { headers })
    const [line] = lines()
    expect(line).toMatchObject({
      schema: "bellwether-trail/1",
      id: call.id,
      startedAt: Date.UTC(2026, 0) + 1_000,
      durationMs: clock.now() - 1_000,
      operation: "chat",
      model: "gpt-4o",
      stream: true,
      tag: "search",
      state: "answered",
      candidates: [
        { target: "primary/key-1", tier: 0, weight: 1 },
        { target: "backup/key-1", tier: 1, weight: 1 },
      ],
      attempts: [
        {
          number: 1,
          target: "primary/key-1",
          kind: "first",
          startedMs: 0,
          durationMs: 200,
          health: "failure",
          failure: { class: "server-error", code: "server-error", status: 500 },
        },
        { number: 2, target: "backup/key-1", startedMs: 200, health: "success", usage: { estimated: false } },
      ],
      standsFor: 1,
    })
    expect(line!.trail).toEqual(call.trail)
    expect(line).not.toHaveProperty("estimate")
    expect(line!.firstContentMs).toBeGreaterThanOrEqual(400)
  })

  test("of a call whose usage nobody told has an estimate", async () => {
    const { ask, lines } = exporting({ primary: [down], backup: [down] })
    const { call } = await ask({ max_tokens: 7 })
    expect(lines()[0]).toMatchObject({
      state: "failed",
      failure: { class: "server-error" },
      estimate: call.estimate(),
    })
    expect(lines()[0]!.estimate!.output).toBe(7)
  })

  test("keeps to the published schema, whatever happened to the call", async () => {
    const faults = fc.constantFrom(
      "One two three." as const,
      down,
      { kind: "error", error: "rate-limited", retryAfter: { as: "seconds", ms: 1_500 } } as const,
      { kind: "stream-cut", afterContent: 1 } as const,
      { kind: "connection-reset" } as const,
    )
    await fc.assert(
      fc.asyncProperty(faults, faults, fc.boolean(), async (first, second, stream) => {
        const { ask, lines } = exporting({ primary: [first], backup: [second] })
        await ask({ stream })
        expect(lines().flatMap(faultsOf)).toEqual([])
        expect(lines()).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })

  test("that has more or less than the schema says is found", async () => {
    const { ask, lines } = exporting()
    await ask()
    const [line] = lines()
    expect(faultsOf({ ...line, prompt: "Hi" })).toEqual(["line.prompt is unknown"])
    expect(faultsOf({ ...line, state: "lost" })).toEqual(["line.state is lost"])
    expect(faultsOf({ ...line, trail: [{ step: "waited" }] })).toEqual(["line.trail[0].atMs is missing"])
  })

  test("of a call that was given up says so", async () => {
    const { clock, ask, lines } = exporting({ primary: [{ kind: "black-hole" }] })
    const caller = new AbortController()
    clock.after(500, () => caller.abort())
    await ask({}, { signal: caller.signal })
    expect(lines()[0]).toMatchObject({ state: "cancelled", durationMs: 500 })
  })
})

test("of plain calls one in so many is told, and stands for them; of failures and failovers all", async () => {
  const busy = exporting({}, { oneIn: 10 })
  for (let turn = 0; turn < 300; turn++) await busy.ask()
  expect(busy.lines().length).toBeGreaterThan(10)
  expect(busy.lines().length).toBeLessThan(60)
  expect(new Set(busy.lines().map(({ standsFor }) => standsFor))).toEqual(new Set([10]))
  const troubled = exporting({ primary: [down], backup: ["Hello.", down] }, { oneIn: 10 })
  await troubled.ask()
  await troubled.ask()
  expect(troubled.lines().map(({ state, standsFor }) => [state, standsFor])).toEqual([
    ["answered", 1],
    ["failed", 1],
  ])
})

describe("a writer", () => {
  test("that is slow gets in one piece what has come meanwhile, one write at a time", async () => {
    const written: number[] = []
    let underWay = 0
    const write = async (lines: string): Promise<void> => {
      expect(++underWay).toBe(1)
      written.push(lines.split("\n").length - 1)
      await stage.clock.sleep(10_000)
      underWay--
    }
    const stage = exporting({}, { write })
    for (let turn = 0; turn < 5; turn++) await stage.ask()
    await stage.clock.runUntil(stage.trails.flush())
    expect(written[0]).toBe(1)
    expect(written.reduce((sum, count) => sum + count)).toBe(5)
    expect(stage.counts()).toEqual({ written: 5, dropped: 0, failed: 0, pending: 0 })
  })

  test("that never settles holds no call, and costs bounded memory: lines are left out and counted", async () => {
    const { ask, pipeline, primary, counts } = exporting(
      {},
      { write: () => new Promise(() => {}), maxPending: 10 },
    )
    const dropped: number[] = []
    pipeline.on(TrailsDropped, (data) => dropped.push(data.dropped))
    for (let turn = 0; turn < 50; turn++) expect((await ask()).ok).toBe(true)
    expect(primary.requests).toHaveLength(50)
    expect(counts()).toEqual({ written: 0, dropped: 39, failed: 0, pending: 11 })
    expect(dropped, "told once").toEqual([1])
  })

  test("that catches up is given lines again, and its next lag is told again", async () => {
    const release: (() => void)[] = []
    const write = () => new Promise<void>((resolve) => release.push(resolve))
    const { ask, pipeline, counts } = exporting({}, { write, maxPending: 1 })
    const dropped: number[] = []
    pipeline.on(TrailsDropped, (data) => dropped.push(data.dropped))
    for (let lag = 0; lag < 2; lag++) {
      for (let turn = 0; turn < 4; turn++) await ask()
      while (release.length > 0) {
        release.shift()!()
        await Promise.resolve()
        await Promise.resolve()
      }
    }
    expect(counts()).toEqual({ written: 4, dropped: 4, failed: 0, pending: 0 })
    expect(dropped).toEqual([1, 3])
  })

  test.each([
    [
      "throws",
      () => {
        throw new Error("disk full")
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full"))],
  ])("that %s changes nothing, is told of once, and is asked again", async (_, write) => {
    const { ask, pipeline, primary, counts } = exporting({}, { write })
    const faults: string[] = []
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    for (let turn = 0; turn < 5; turn++) expect((await ask()).ok).toBe(true)
    expect(primary.requests).toHaveLength(5)
    expect(counts()).toEqual({ written: 0, dropped: 0, failed: 5, pending: 0 })
    expect(faults).toEqual(["export-trails"])
  })
})

test("no planted secret is in a line: of headers, bodies, keys, provider errors and answers", async () => {
  const secret = fc.uuid()
  await fc.assert(
    fc.asyncProperty(
      fc.array(secret, { minLength: 6, maxLength: 6 }),
      fc.boolean(),
      async (secrets, stream) => {
        const [inKey, inPrompt, inHeader, inError, inAnswer, inUser] = secrets as [string, ...string[]]
        const body = JSON.stringify({
          error: { message: inError, code: inError, type: inError, param: inKey },
        })
        const { ask, texts } = exporting({
          key: `sk-${inKey}`,
          primary: [{ kind: "status", status: 500, body }],
          backup: [inAnswer!],
        })
        const messages = [{ role: "user", content: inPrompt }]
        await ask({ stream, messages, user: inUser }, { headers: { "x-own": inHeader! } })
        expect(texts.join("")).toContain('"attempt-failed"')
        for (const planted of secrets) expect(texts.join("")).not.toContain(planted)
      },
    ),
    { numRuns: 60 },
  )
})

test("what a plugin adds to a trail beside what a trail has is not told", async () => {
  const chatty = {
    name: "chatty",
    setup: () => ({
      call: (request: never, next: (request: never, context: never) => never, context: never) => {
        const { call } = context as { call: { note(entry: object): void } }
        call.note({
          step: "waited",
          waitMs: 1.5,
          reason: "long\nwords ".repeat(99),
          prompt: "planted",
          headers: {},
        })
        return next(request, context)
      },
    }),
  }
  const trails = exportTrails({ write: (text) => void texts.push(text) })
  const texts: string[] = []
  const { ask } = stageOf({ use: [trails, chatty as never] })
  await ask()
  const [entry] = (JSON.parse(texts.join("")) as TrailLine).trail
  expect(Object.keys(entry!)).toEqual(["atMs", "step", "reason", "waitMs"])
  expect(texts.join("").split("\n")).toHaveLength(2)
  expect((entry as { reason: string }).reason).toHaveLength(200)
})

test.each([
  [{}, "exportTrails.write is missing"],
  [{ write: () => {}, oneIn: 0 }, "exportTrails.oneIn must be a whole number of at least 1"],
])("wrong options such as %j are refused in a sentence", (options, words) => {
  expect(() => exportTrails(options as never)).toThrow(words)
})
