import type { Fault } from "@bellwether/testing"
import { AttemptStarted, Parks } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { stageOf, storyOf, waitsOf } from "../test/stage.ts"
import { CallMoved, GateClosed, ParkBegan, ParkEnded, retry, RetryScheduled } from "./index.ts"

const broken: Fault = { kind: "error", error: "server-error" }
const refused: Fault = { kind: "refuse" }
const limited = (ms?: number): Fault => ({
  kind: "error",
  error: "rate-limited",
  ...(ms !== undefined && { retryAfter: { as: "milliseconds", ms } }),
})
const revoked: Fault = { kind: "error", error: "invalid-key" }

test("a call moves to the fallback after one more try, and is answered", async () => {
  const { ask } = stageOf({ alpha: { script: [broken] }, beta: {} })
  const result = await ask()
  expect(result.ok).toBe(true)
  expect(storyOf(result)).toEqual([
    "alpha/key-1 server-error",
    "waited",
    "alpha/key-1 server-error",
    "beta/key-1 ok",
  ])
})

describe("law 1: one budget per call", () => {
  test("attempts of all kinds share one count", async () => {
    const { ask, providers } = stageOf(
      { alpha: { script: [broken] }, beta: { script: [broken] } },
      { attempts: 3 },
    )
    const result = await ask()
    expect(result.call.attempts).toHaveLength(3)
    expect(providers["alpha"]?.requests).toHaveLength(2)
  })

  test("no wait begins that the deadline would end", async () => {
    const { ask, clock } = stageOf({ alpha: { script: [limited(5_000)] } }, { deadlineMs: 4_000 })
    const result = await ask()
    expect(result).toMatchObject({ ok: false, failure: { class: "rate-limited" } })
    expect(clock.now()).toBe(0)
  })
})

describe("law 2: sideways at once, down reluctantly", () => {
  test("a second key is tried at once where the table allows it", async () => {
    const keys = ["sk-1", "sk-2"]
    const { ask, clock } = stageOf({ alpha: { keys, script: [revoked, "Hello."] } })
    expect(storyOf(await ask())).toEqual(["alpha/key-1 credential", "alpha/key-2 ok"])
    expect(clock.now()).toBeLessThan(50)
  })

  test("and left out where it does not", async () => {
    const keys = ["sk-1", "sk-2"]
    const { ask } = stageOf({ alpha: { keys, script: [refused] }, beta: { tier: 0 } })
    expect(storyOf(await ask())).toEqual(["alpha/key-1 unreachable", "beta/key-1 ok"])
  })

  test("a short hint is waited out before the lower tier", async () => {
    const { ask } = stageOf({ alpha: { script: [limited(2_000), "Hello."] }, beta: {} })
    const result = await ask()
    expect(storyOf(result)).toEqual(["alpha/key-1 rate-limited", "waited", "alpha/key-1 ok"])
    expect(waitsOf(result)[0]).toBeGreaterThanOrEqual(2_000)
  })

  test("a long one is not", async () => {
    const { ask, clock } = stageOf({ alpha: { script: [limited(20_000)] }, beta: {} })
    expect(storyOf(await ask())).toEqual(["alpha/key-1 rate-limited", "beta/key-1 ok"])
    expect(clock.now()).toBeLessThan(50)
  })
})

describe("law 3: a hint is a lower bound, shared by all calls", () => {
  test("a gated target is passed over by the calls that follow", async () => {
    const { ask, providers } = stageOf({ alpha: { script: [limited(20_000), "Hello."] }, beta: {} })
    await ask()
    expect(storyOf(await ask())).toEqual(["alpha/key-1 refused", "beta/key-1 ok"])
    expect(providers["alpha"]?.requests).toHaveLength(1)
  })

  test("and used again when the time has come", async () => {
    const { ask, clock } = stageOf({ alpha: { script: [limited(20_000), "Hello."] }, beta: {} })
    await ask()
    await clock.advance(20_000)
    expect(storyOf(await ask())).toEqual(["alpha/key-1 ok"])
  })

  test("a call that finds its only target gated waits for it", async () => {
    const { ask, begin, clock, providers } = stageOf({ alpha: { script: [limited(10_000), "One.", "Two."] } })
    const first = begin()
    await clock.advance(1)
    const second = await ask()
    expect(storyOf(second)).toEqual(["alpha/key-1 refused", "waited", "alpha/key-1 ok"])
    expect(storyOf(await clock.runUntil(first)).at(-1)).toBe("alpha/key-1 ok")
    expect(providers["alpha"]?.requests.map(({ startedAtMs }) => startedAtMs >= 10_000)).toEqual([
      false,
      true,
      true,
    ])
  })

  test.each(["garbage", "negative", "past-date", "empty"] as const)("a %s hint is no hint", async (as) => {
    const { ask } = stageOf({
      alpha: { script: [{ kind: "error", error: "overloaded", retryAfter: { as } }, "Hello."] },
    })
    const result = await ask()
    expect(result.ok).toBe(true)
    expect(waitsOf(result)[0]).toBeLessThanOrEqual(750)
  })
})

describe("law 4: amplification is capped, rescue is not", () => {
  test("a total outage of a sole target sees 1.2 times the load and the bucket once", async () => {
    const { begin, clock, providers } = stageOf({ alpha: { script: [broken] } })
    const calls = 600
    const pending: Promise<unknown>[] = []
    for (let call = 0; call < calls; call++) {
      pending.push(begin())
      await clock.advance(1_000)
    }
    await clock.runUntil(Promise.all(pending))
    expect(providers["alpha"]?.requests.length).toBeLessThanOrEqual(calls * 1.2 + 10)
  })

  test("what fails half of the time is rescued as well as by the bare SDK", async () => {
    const random = (number: number): number => (Math.sin(number * 12.9898) * 43_758.5453) % 1
    const { ask } = stageOf({
      alpha: { script: ({ number }) => (Math.abs(random(number)) < 0.5 ? broken : "Hello.") },
    })
    let answered = 0
    for (let call = 0; call < 1_000; call++) if ((await ask()).ok) answered++
    expect(answered).toBeGreaterThan(850)
  })

  test("failover is free: an outage of the primary loses no call", async () => {
    const { ask } = stageOf({ alpha: { script: [broken] }, beta: {} })
    for (let call = 0; call < 200; call++) expect((await ask()).ok).toBe(true)
  })

  test("an empty budget costs no time and hides no error", async () => {
    const { ask, clock } = stageOf(
      { alpha: { script: [broken] } },
      { retry: { budget: { capacity: 1, perTry: 0.01 } } },
    )
    await ask()
    const sinceMs = clock.now()
    const result = await ask()
    expect(clock.now()).toBe(sinceMs)
    expect(result).toMatchObject({ ok: false, failure: { class: "server-error", status: 500 } })
    expect(result.call.trail.at(-1)).toMatchObject({
      step: "target-skipped",
      reason: "the retry budget of alpha/key-1 is spent",
    })
  })

  test("without a budget nothing limits", async () => {
    const { ask, providers } = stageOf({ alpha: { script: [broken] } }, { retry: { budget: false } })
    for (let call = 0; call < 50; call++) await ask()
    expect(providers["alpha"]?.requests).toHaveLength(150)
  })
})

describe("law 8: a cancelled call stops waiting at once", () => {
  test("and gives the token of the repeat back", async () => {
    const { begin, clock, pipeline } = stageOf({ alpha: { script: [limited(30_000)] } })
    const caller = new AbortController()
    const call = begin(caller.signal)
    await clock.advance(1_000)
    caller.abort()
    await expect(call).resolves.toMatchObject({ ok: false, failure: { class: "cancelled" } })
    await clock.advance(0)
    expect(clock.pending).toBe(0)
    expect(pipeline.inspect().plugins["retry"]).toMatchObject({ tokens: { "alpha/key-1": 10 } })
  })
})

describe("law 9: a target that failed comes again only after those untried in its tier", () => {
  test("every target of the tier first, then one again", async () => {
    const { ask } = stageOf({
      alpha: { script: [broken, "Hello."] },
      beta: { script: [broken, "Hello."], tier: 0 },
      gamma: { script: [broken, "Hello."], tier: 0 },
    })
    const story = storyOf(await ask())
    expect(story.slice(0, -1)).toEqual([
      "alpha/key-1 server-error",
      "beta/key-1 server-error",
      "gamma/key-1 server-error",
      "waited",
    ])
    expect(story.at(-1)).toMatch(/ ok$/)
  })
})

describe("law 11: a sole target is never worse off than with the bare SDK", () => {
  test.each<readonly [string, Fault, number]>([
    ["500", broken, 3],
    ["503", { kind: "error", error: "overloaded" }, 3],
    ["409", { kind: "error", error: "conflict" }, 3],
    ["a refused connection", refused, 3],
    ["a reset", { kind: "connection-reset" }, 3],
    ["429 without a hint", limited(), 3],
    ["429 with a hint of 50 s", limited(50_000), 3],
    ["429 with a hint of 70 s", limited(70_000), 1],
    ["400", { kind: "error", error: "invalid-request" }, 1],
    ["401", revoked, 1],
    ["500 with x-should-retry: false", { kind: "error", error: "server-error", shouldRetry: false }, 1],
    ["400 with x-should-retry: true", { kind: "error", error: "invalid-request", shouldRetry: true }, 3],
  ])("%s is tried as often as there", async (_name, fault, times) => {
    const { ask, providers } = stageOf({ alpha: { script: [fault] } })
    expect((await ask()).ok).toBe(false)
    expect(providers["alpha"]?.requests).toHaveLength(times)
  })

  test("a park does not keep its calls away", async () => {
    const { ask } = stageOf({ alpha: { script: [revoked, "Hello."] } })
    expect((await ask()).ok).toBe(false)
    expect(storyOf(await ask())).toEqual(["alpha/key-1 ok"])
  })
})

describe("law 14: what may have been done is not done twice", () => {
  const create = async (fault: Fault) => {
    const { clock, pipeline } = stageOf({ alpha: { script: [fault] }, beta: {} })
    const body = JSON.stringify({ model: "gpt-4o", input: "Why?", background: true })
    return clock.runUntil(pipeline.call({ path: "/responses", method: "POST", body }))
  }

  test("a creation ends with an ambiguous failure", async () => {
    expect(storyOf(await create(broken))).toEqual(["alpha/key-1 server-error"])
  })

  test("and moves after one that tells that nothing was done", async () => {
    expect(storyOf(await create(revoked))).toEqual(["alpha/key-1 credential", "beta/key-1 ok"])
    expect(storyOf(await create(refused))).toContain("beta/key-1 ok")
  })
})

describe("parks", () => {
  test("a key that was refused is left alone by the calls that follow, and comes back", async () => {
    const { ask, clock, pipeline } = stageOf({ alpha: { script: [revoked, "Hello."] }, beta: {} })
    const heard: string[] = []
    pipeline.on(ParkBegan, () => heard.push("park-began"))
    pipeline.on(ParkEnded, ({ reason }) => heard.push(`park-ended: ${reason}`))
    await ask()
    expect(storyOf(await ask())).toEqual(["alpha/key-1 refused", "beta/key-1 ok"])
    expect(pipeline.inspect().targets[0]?.verdict).toEqual({
      status: "unavailable",
      parked: true,
      reason: "the provider refuses the key: check it in the provider's console",
      untilMs: expect.closeTo(60_000, -2),
    })
    await clock.advance(60_000)
    expect(storyOf(await ask())).toEqual(["alpha/key-1 ok"])
    expect(heard).toEqual(["park-began", "park-ended: it answered a call"])
    expect(pipeline.inspect().plugins["retry"]).toMatchObject({ parks: [] })
  })

  test("a parked key is back before its time when another plugin knows better", async () => {
    const parks: Parks[] = []
    const knowing: Plugin = { name: "knowing", setup: ({ use }) => void parks.push(use(Parks)()) }
    const stage = stageOf({ alpha: { script: [revoked, "Hello."] }, beta: {} }, { use: [knowing] })
    const { ask, pipeline } = stage
    const told: string[] = []
    pipeline.on(ParkEnded, ({ scope, reason }) => void told.push(`${scope.endpoint}/${scope.key} ${reason}`))
    await ask()
    const [alpha] = pipeline.inspect().targets
    if (alpha !== undefined) parks[0]?.lift(alpha, "credential", "somebody has asked")
    expect(storyOf(await ask())).toEqual(["alpha/key-1 ok"])
    expect(told).toEqual(["alpha/key-1 somebody has asked"])
  })

  test("a model that is missing at one endpoint is asked for elsewhere, other models are not", async () => {
    const { ask, pipeline, clock } = stageOf({
      alpha: { script: [{ kind: "error", error: "model-missing" }, "Hello."] },
      beta: {},
    })
    expect(storyOf(await ask())).toEqual(["alpha/key-1 model-missing", "beta/key-1 ok"])
    expect(storyOf(await ask())).toEqual(["alpha/key-1 refused", "beta/key-1 ok"])
    const other = JSON.stringify({ model: "gpt-4o-mini", messages: [] })
    const result = await clock.runUntil(
      pipeline.call({ path: "/chat/completions", method: "POST", body: other }),
    )
    expect(storyOf(result)).toEqual(["alpha/key-1 ok"])
  })
})

describe("what the caller is told", () => {
  test("the most telling error of all", async () => {
    const { ask } = stageOf({ alpha: { script: [broken] }, beta: { script: [limited(20_000)] } })
    expect(await ask()).toMatchObject({ ok: false, failure: { class: "rate-limited", status: 429 } })
  })

  test("our own refusal only if there was no other", async () => {
    const { ask } = stageOf({ alpha: { script: [limited(90_000)] }, beta: { script: [limited(90_000)] } })
    expect(await ask()).toMatchObject({ failure: { class: "rate-limited" } })
    expect(await ask()).toMatchObject({ failure: { class: "target-refused" } })
  })
})

test("tells of repeats, moves and gates before they happen", async () => {
  const { ask, pipeline } = stageOf({ alpha: { script: [limited(2_000)] }, beta: {} })
  const heard: unknown[] = []
  pipeline.on(RetryScheduled, ({ target, class: cause }) => heard.push(["retry-scheduled", target.id, cause]))
  pipeline.on(CallMoved, ({ from, class: cause }) => heard.push(["call-moved", from.id, cause]))
  pipeline.on(GateClosed, ({ scope, durationMs }) => heard.push(["gate-closed", scope, durationMs]))
  pipeline.on(AttemptStarted, ({ attempt: { target, kind } }) =>
    heard.push(["attempt-started", target.id, kind]),
  )
  await ask()
  const scope = { endpoint: "alpha", key: "key-1", model: "gpt-4o" }
  expect(heard).toEqual([
    ["attempt-started", "alpha/key-1", "first"],
    ["gate-closed", scope, 2_000],
    ["retry-scheduled", "alpha/key-1", "rate-limited"],
    ["attempt-started", "alpha/key-1", "repeat"],
    ["gate-closed", scope, 2_000],
    ["call-moved", "alpha/key-1", "rate-limited"],
    ["attempt-started", "beta/key-1", "first"],
  ])
})

test("options that cannot be meant are refused with a sentence each", () => {
  const options = { repeat: 3, patienceMs: -1, budget: true } as object
  expect(() => retry(options)).toThrow(
    [
      "3 options are wrong:",
      "retry.repeat is not an option; did you mean repeats?",
      "retry.patienceMs must be a number of milliseconds of at least 0, not -1.",
      "retry.budget must be an object or false, not true.",
    ].join("\n- "),
  )
})
