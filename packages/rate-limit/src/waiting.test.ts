import { describe, expect, test } from "vitest"
import { chat, fates, fine, patient, stageOf, throttle } from "../test/stage.ts"
import type { StageOptions } from "../test/stage.ts"
import { CallQueued } from "./index.ts"

/** One at a time; each takes half a second. */
const oneByOne = (options: StageOptions = {}) =>
  stageOf({ use: [patient], concurrency: { start: 1, max: 1 }, ...options })

/** When each of these calls was sent, in seconds, by its model. */
const turnsOf = ({ requests }: ReturnType<typeof stageOf>): readonly string[] =>
  requests.map(({ model, atMs }) => `${model} ${atMs / 1_000}`)

describe("who waits in line", () => {
  test("gets the turn in the order in which calls began, each as soon as one has ended", async () => {
    const stage = oneByOne({ per: "target" })
    const calls = ["a", "b", "c"].map((model) => stage.begin({ model }))
    expect(fates(await stage.clock.runUntil(Promise.all(calls)))).toEqual({ answered: 3 })
    expect(turnsOf(stage)).toEqual(["a 0", "b 0.5", "c 1"])
    expect(stage.clock.pending).toBe(0)
  })

  test("may be urgent, or not", async () => {
    const stage = oneByOne({ per: "target" })
    const begin = (model: string, priority: string) =>
      stage.begin({ model, headers: { "x-bellwether-priority": priority } })
    const calls = [
      begin("a", "low"),
      begin("b", "low"),
      begin("c", "normal"),
      stage.begin({ model: "d" }),
      begin("e", "high"),
    ]
    await stage.clock.runUntil(Promise.all(calls))
    expect(stage.requests.map(({ model }) => model).join("")).toBe("aecdb")
    expect(await stage.ask({ headers: { "x-bellwether-priority": "urgent" } })).toMatchObject({
      ok: false,
      failure: { code: "invalid-hint" },
    })
  })

  test("does not lose the turn to a newcomer", async () => {
    const stage = oneByOne({ per: "target" })
    const calls = [stage.begin({ model: "a" }), stage.begin({ model: "b" })]
    await stage.clock.advance(500)
    calls.push(stage.begin({ model: "c" }))
    await stage.clock.runUntil(Promise.all(calls))
    expect(turnsOf(stage)).toEqual(["a 0", "b 0.5", "c 1"])
  })

  test("nor to one that would take less than there is, while the head of the line wants more", async () => {
    const limits = [{ endpoint: "alpha", tokensPerMinute: 60_000 }]
    const stage = stageOf({ use: [patient], per: "target", limits })
    const large = { body: chat({ max_tokens: 2_900 }) }
    const calls = [stage.begin(large), stage.begin(large)]
    await stage.clock.advance(0)
    calls.push(stage.begin({ body: chat({ model: "small", max_tokens: 10 }) }))
    await stage.clock.runUntil(Promise.all(calls))
    expect(stage.requests.map(({ model }) => model)).toEqual(["m", "m", "small"])
  })

  test("is told", async () => {
    const stage = oneByOne()
    const heard: unknown[] = []
    stage.pipeline.on(CallQueued, ({ target, ahead }) => heard.push([target.id, ahead]))
    await stage.many(3)
    expect(heard).toEqual([
      ["alpha/key-1", 0],
      ["alpha/key-1", 1],
    ])
  })

  test("leaves with the caller, and the turn goes to the next (law 8)", async () => {
    const stage = oneByOne({ per: "target" })
    const caller = new AbortController()
    const calls = [
      stage.begin({ model: "a" }),
      stage.begin({ model: "b", signal: caller.signal }),
      stage.begin({ model: "c" }),
    ]
    await stage.clock.advance(100)
    caller.abort()
    const results = await stage.clock.runUntil(Promise.all(calls))
    expect(fates(results)).toEqual({ answered: 2, cancelled: 1 })
    expect(turnsOf(stage)).toEqual(["a 0", "c 0.5"])
    expect(stage.clock.pending).toBe(0)
  })

  test("waits for nothing when the pipeline closes", async () => {
    const stage = oneByOne()
    const calls = Promise.all([stage.begin(), stage.begin(), stage.begin()])
    await stage.clock.advance(100)
    await stage.pipeline.close()
    expect(fates(await calls)).toEqual({ "pipeline-closed": 3 })
    expect(stage.clock.pending).toBe(0)
  })
})

describe("after a throttle", () => {
  test("the line goes on when the hint is over, one alone at first, then twice as many each time up to the limit: no herd", async () => {
    const answers = (number: number) => (number < 8 ? throttle({ "retry-after": "20" }) : fine())
    const stage = stageOf({ use: [patient], answers })
    const first = stage.many(8)
    await first
    expect(fates(await stage.many(15))).toEqual({ answered: 15 })
    const seconds = stage.requests.slice(8).map(({ atMs }) => atMs / 1_000)
    const [openedAt = 0] = seconds
    expect(openedAt).toBeGreaterThanOrEqual(20.5)
    expect(openedAt).toBeLessThanOrEqual(24.5)
    const waves = Map.groupBy(seconds, (at) => at - openedAt)
    expect([...waves].map(([after, { length }]) => [Math.round(after * 10) / 10, length])).toEqual([
      [0, 1],
      [0.5, 2],
      [1, 4],
      [1.5, 6],
      [2, 2],
    ])
  })
})

test("who tries whether a throttle is over, and takes long, is thought to be taken after a second", async () => {
  const answers = (number: number) => (number === 0 ? throttle({ "retry-after": "1" }) : fine())
  const stage = stageOf({ use: [patient], answers, serviceMs: 9_000 })
  await stage.ask()
  const sinceMs = stage.clock.now()
  await stage.many(4)
  const [first = 0, ...others] = stage.requests.slice(1).map(({ atMs }) => atMs)
  expect(first).toBeGreaterThanOrEqual(sinceMs + 1_000)
  expect(others.map((atMs) => atMs - first)).toEqual([1_000, 1_000, 2_000])
})

describe("a wait that cannot end in time is not begun", () => {
  const closedFor = (seconds: number, options: StageOptions = {}) =>
    stageOf({
      use: [patient],
      answers: (number) => (number === 0 ? throttle({ "retry-after": String(seconds) }) : fine()),
      ...options,
    })

  test.each([
    ["the pause is longer than the longest wait", 61, {}, {}],
    ["the pause is longer than a longest wait of one's own", 4, { maxWaitMs: 3_000 }, {}],
    ["the pause is longer than the call may take", 4, {}, { deadlineMs: 3_000 }],
  ] as const)("when %s", async (_, seconds, options, input) => {
    const stage = closedFor(seconds, options)
    await stage.ask()
    const sinceMs = stage.clock.now()
    const refused = await stage.ask(input)
    expect(refused).toMatchObject({ ok: false, failure: { code: "target-refused" } })
    expect(refused.ok ? 0 : refused.failure.retryAfterMs).toBeGreaterThanOrEqual(seconds * 1_000)
    expect(stage.clock.now()).toBe(sinceMs)
  })

  test("when those before would take too long, and the caller is told when there is a chance", async () => {
    const stage = stageOf({
      use: [patient],
      limits: [{ endpoint: "alpha", requestsPerMinute: 60 }],
      maxWaitMs: 5_000,
    })
    const results = await stage.many(20)
    // Three at once, then one every 1.05 s.
    expect(fates(results)).toEqual({ answered: 7, "target-refused": 13 })
    expect(stage.clock.now()).toBeLessThan(5_000)
    const hints = results.flatMap((result) => (result.ok ? [] : [result.failure.retryAfterMs]))
    expect(new Set(hints)).toEqual(new Set([expect.closeTo(5_263, 0)]))
  })

  test("when the line is full", async () => {
    expect(fates(await oneByOne({ maxWaiting: 2 }).many(5))).toEqual({ answered: 3, "target-refused": 2 })
  })

  test("and one that was begun ends in time, whoever is before it", async () => {
    const stage = oneByOne({ maxWaitMs: 700 })
    expect(fates(await stage.many(3))).toEqual({ answered: 2, "target-refused": 1 })
    expect(stage.clock.now()).toBe(1_000)
  })
})
