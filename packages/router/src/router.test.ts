import { available, Choice, Excluded, Impatient, memoryStore, Purpose, RetryBudget } from "@bellwether/core"
import type { Answer, CallMiddleware, Plugin, Verdict } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import type { Fault } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { chat, stageOf, storyOf } from "../test/stage.ts"
import type { Stage, StageOptions } from "../test/stage.ts"
import { CallWaited, PanicTried, router } from "./index.ts"

const broken: Fault = { kind: "error", error: "server-error" }

/** Unavailable until a moment of the stage's clock. */
const closed = (untilMs?: number, parked = false): Verdict => ({
  status: "unavailable",
  reason: "closed for the test",
  ...(untilMs !== undefined && { untilMs }),
  ...(parked && { parked: true }),
})

const close = ({ board }: Stage, endpoint: string, verdict: Verdict = closed()): void =>
  board.say({ endpoint }, verdict)

/** A plugin that is nothing but a call middleware. */
const layer = (call: CallMiddleware): Plugin => ({ name: "layer", setup: () => ({ call }) })

/** A plugin whose admission refuses these endpoints, without anybody seeing it beforehand. */
const refusing = (...endpoints: string[]): Plugin => ({
  name: "refusing",
  setup: () => ({
    admit: { take: ({ target }) => (endpoints.includes(target.endpoint) ? closed() : undefined) },
  }),
})

describe("where a call goes", () => {
  test("to the first declared endpoint of the lowest tier", async () => {
    const { ask } = stageOf({ alpha: { tier: 1 }, beta: {}, gamma: {} })
    expect(storyOf(await ask())).toEqual(["beta first"])
  })

  test("past what is unavailable, which the trail tells", async () => {
    const stage = stageOf({ alpha: {}, beta: {}, low: { tier: 1 } })
    close(stage, "alpha")
    expect(storyOf(await stage.ask())).toEqual(["alpha skipped", "beta first"])
    close(stage, "beta")
    expect(storyOf(await stage.ask())).toEqual(["alpha skipped", "beta skipped", "low first"])
  })

  test("past who refuses, at once", async () => {
    const { ask, clock } = stageOf({ alpha: {}, beta: {} }, { use: [refusing("alpha")] })
    expect(storyOf(await ask())).toEqual(["alpha refused", "alpha skipped", "beta first"])
    expect(clock.now()).toBe(0)
  })

  test("not where an outer layer excludes it", async () => {
    const outer = layer((request, next, context) =>
      next(request, context.with(Excluded, new Set(["alpha/key-1"]))),
    )
    const { ask } = stageOf({ alpha: {}, beta: {} }, { use: [outer] })
    expect(storyOf(await ask())).toEqual(["beta first"])
  })

  test("exactly where an outer layer has chosen", async () => {
    const outer = layer((request, next, context) => {
      const target = context.call.candidates[1]!
      return next(request, context.with(Choice, { target, kind: "repeat" }))
    })
    const stage = stageOf({ alpha: {}, beta: {} }, { use: [outer] })
    close(stage, "beta")
    expect(storyOf(await stage.ask())).toEqual(["beta repeat"])
  })

  test("nowhere when everything is excluded", async () => {
    const all = new Set(["alpha/key-1", "beta/key-1"])
    const outer = layer((request, next, context) => next(request, context.with(Excluded, all)))
    const { ask } = stageOf({ alpha: {}, beta: {} }, { use: [outer] })
    expect(await ask()).toMatchObject({ ok: false, failure: { class: "call-refused", code: "no-target" } })
  })
})

describe("law 9: health is a preference", () => {
  test("a degraded target comes last in its tier, and before a lower one", async () => {
    const stage = stageOf({ alpha: {}, beta: {}, low: { tier: 1 } })
    stage.board.say({ endpoint: "alpha" }, { status: "degraded", reason: "slow" })
    expect(storyOf(await stage.ask())).toEqual(["beta first"])
    stage.board.say({ endpoint: "beta" }, { status: "degraded", reason: "slow" })
    expect(storyOf(await stage.ask())).toEqual(["alpha first"])
  })
})

describe("round-robin", () => {
  const turns = async (stage: Stage, calls: number, model = "gpt-4o") => {
    const endpoints: string[] = []
    for (let call = 0; call < calls; call++)
      endpoints.push((await stage.ask({ body: chat(model) })).call.attempts[0]!.target.endpoint)
    return endpoints.join(" ")
  }
  const three = () =>
    stageOf({ alpha: {}, beta: {}, gamma: {}, low: { tier: 1 } }, { router: { strategy: "round-robin" } })

  test("gives each target of the tier its turn", async () => {
    expect(await turns(three(), 7)).toBe("alpha beta gamma alpha beta gamma alpha")
  })

  test("turns for every model on its own", async () => {
    const stage = three()
    expect(await turns(stage, 2)).toBe("alpha beta")
    expect(await turns(stage, 2, "gpt-4o-mini")).toBe("alpha beta")
    expect(await turns(stage, 2)).toBe("gamma alpha")
  })

  test("passes over who is away without giving anybody two turns", async () => {
    const stage = three()
    close(stage, "beta")
    expect(await turns(stage, 4)).toBe("alpha gamma alpha gamma")
    close(stage, "beta", available)
    expect(await turns(stage, 3)).toBe("alpha beta gamma")
  })

  test("calls begun at the same moment go different ways", async () => {
    const stage = three()
    const calls = Promise.all([stage.begin(), stage.begin(), stage.begin()])
    expect((await stage.clock.runUntil(calls)).flatMap(storyOf)).toEqual([
      "alpha first",
      "beta first",
      "gamma first",
    ])
  })
})

describe("law 10: when all targets are unavailable", () => {
  const bothClosed = (
    options: StageOptions["router"],
    aMs?: number,
    bMs?: number,
    use: readonly Plugin[] = [],
  ) => {
    const stage = stageOf({ alpha: {}, beta: {} }, { use, ...(options && { router: options }) })
    close(stage, "alpha", closed(aMs))
    close(stage, "beta", closed(bMs))
    return stage
  }

  test("a call waits for the soonest within its patience", async () => {
    const { ask, clock } = bothClosed({}, 9_000, 2_000)
    expect(storyOf(await ask())).toEqual(["waited", "alpha skipped", "beta first"])
    expect(clock.now()).toBeGreaterThanOrEqual(2_000)
    expect(clock.now()).toBeLessThanOrEqual(2_400)
    expect(clock.pending).toBe(0)
  })

  test("or for a change, and goes as soon as it comes", async () => {
    const stage = bothClosed({}, 9_000)
    const call = stage.begin()
    await stage.clock.advance(1_000)
    close(stage, "beta", available)
    expect(storyOf(await stage.clock.runUntil(call))).toEqual(["waited", "alpha skipped", "beta first"])
    expect(stage.clock.now()).toBe(1_000)
  })

  test("beyond it the least bad is tried in panic", async () => {
    const stage = bothClosed({}, 90_000, 60_000)
    const heard: unknown[] = []
    stage.pipeline.on(PanicTried, ({ target }) => heard.push(target.id))
    expect(storyOf(await stage.ask())).toEqual(["beta panic"])
    expect(heard).toEqual(["beta/key-1"])
    expect(stage.clock.now()).toBe(0)
  })

  test("one call panics on a target at a time, the others go on or are refused", async () => {
    const stage = bothClosed({}, 90_000, 60_000)
    const calls = await stage.clock.runUntil(Promise.all([stage.begin(), stage.begin(), stage.begin()]))
    expect(calls.map(storyOf)).toEqual([["beta panic"], ["alpha panic"], []])
    expect(storyOf(await stage.ask())).toEqual(["beta panic"])
  })

  test("whom a provider throttles in panic is the last to be for ten seconds", async () => {
    const throttled: Fault = { kind: "error", error: "rate-limited" }
    const stage = stageOf({ alpha: { script: [throttled, throttled, "Baa."] } })
    close(stage, "alpha", closed(90_000))
    const storyAfter = async (ms: number) => {
      await stage.clock.advance(ms)
      return storyOf(await stage.ask())
    }
    expect(await storyAfter(0)).toEqual(["alpha panic"])
    expect(await storyAfter(9_999)).toEqual([])
    expect(await storyAfter(1)).toEqual(["alpha panic"])
    expect(await storyAfter(10_000)).toEqual(["alpha panic"])
    expect(await storyAfter(1)).toEqual(["alpha panic"])
  })

  test("a panic is paid for, and nobody panics without a token", async () => {
    let tokens = 1
    const budget: Plugin = {
      name: "budget",
      setup: ({ provide }) => provide(RetryBudget, { spend: () => tokens-- > 0 }),
    }
    const { ask } = bothClosed({}, 90_000, 60_000, [budget])
    expect(storyOf(await ask())).toEqual(["beta panic"])
    expect(await ask()).toMatchObject({
      ok: false,
      failure: {
        code: "no-target",
        retryAfterMs: 60_000,
        message:
          "No target takes this call now: alpha/key-1 (closed for the test); beta/key-1 (closed for the test). " +
          "The first is back in 60 s.",
      },
    })
  })

  test("the options can say to panic at once, or to fail", async () => {
    const panics = bothClosed({ onUnavailable: "panic" }, 2_000, 1_000)
    expect(storyOf(await panics.ask())).toEqual(["beta panic"])
    const fails = bothClosed({ onUnavailable: "fail" }, 2_000, 1_000)
    expect(await fails.ask()).toMatchObject({
      ok: false,
      failure: { code: "no-target", retryAfterMs: 1_000 },
    })
    expect(fails.clock.now()).toBe(0)
  })

  test("who refuses although nobody saw it coming is waited for too, then panicked on", async () => {
    const { ask, clock } = stageOf({ alpha: {}, beta: {} }, { use: [refusing("alpha", "beta")] })
    const result = await ask()
    expect(result).toMatchObject({ ok: false, failure: { class: "call-refused", code: "no-target" } })
    expect(clock.now()).toBe(3_000)
  })

  test("a wait ends with the caller", async () => {
    const stage = bothClosed({})
    const caller = new AbortController()
    const call = stage.begin({ signal: caller.signal })
    await stage.clock.advance(1_000)
    caller.abort()
    expect(await stage.clock.runUntil(call)).toMatchObject({ ok: false, failure: { class: "cancelled" } })
    await stage.clock.advance(0)
    expect(stage.clock.pending).toBe(0)
  })

  test("waits are told", async () => {
    const stage = bothClosed({}, 1_000)
    const heard: number[] = []
    stage.pipeline.on(CallWaited, ({ waitMs }) => heard.push(waitMs))
    await stage.ask()
    expect(heard).toEqual([Math.round(stage.clock.now())])
  })
})

describe("a hedge", () => {
  const hedging = layer((request, next, context) => next(request, context.with(Purpose, "hedge")))
  const budgetOf = (tokens: number): Plugin => ({
    name: "budget",
    setup: ({ provide }) => provide(RetryBudget, { spend: () => tokens-- > 0 }),
  })

  test("is paid for by the target it goes to (law 4)", async () => {
    const { ask } = stageOf({ alpha: {}, beta: {} }, { use: [hedging, budgetOf(1)] })
    expect(storyOf(await ask())).toEqual(["alpha hedge"])
    expect(await ask()).toMatchObject({ ok: false, failure: { code: "no-target" } })
  })
})

describe("a call that has another plan", () => {
  const impatient = layer((request, next, context) => next(request, context.with(Impatient, true)))

  test("neither waits nor panics", async () => {
    const stage = stageOf({ alpha: {} }, { use: [impatient] })
    close(stage, "alpha", closed(1_000))
    expect(await stage.ask()).toMatchObject({ ok: false, failure: { code: "no-target" } })
    expect(stage.clock.now()).toBe(0)
  })
})

describe("law 11: a call's only target", () => {
  test("is waited for up to a minute", async () => {
    const stage = stageOf({ alpha: {} })
    close(stage, "alpha", closed(50_000))
    expect(storyOf(await stage.ask())).toEqual(["waited", "alpha first"])
  })

  test("is used although it is parked", async () => {
    const stage = stageOf({ alpha: {} })
    close(stage, "alpha", closed(600_000, true))
    expect(storyOf(await stage.ask())).toEqual(["alpha first"])
  })
})

describe("law 14: what lives somewhere stays there", () => {
  const file = { path: "/files", method: "POST", body: JSON.stringify({ purpose: "batch" }) }
  const idOf = async (result: Awaited<ReturnType<Stage["ask"]>>): Promise<string> => {
    if (!result.ok) throw new Error(result.failure.message)
    return ((await result.response.json()) as { id: string }).id
  }

  test("a file is asked for where it was made", async () => {
    const stage = stageOf({ alpha: {}, beta: {} })
    close(stage, "alpha")
    const id = await idOf(await stage.ask(file))
    close(stage, "alpha", available)
    const result = await stage.ask({ path: `/files/${id}`, method: "GET", body: null })
    expect(storyOf(result)).toEqual(["beta first"])
    expect(result.ok).toBe(true)
  })

  test("with the key that made it, and with others of its endpoint if that is closed", async () => {
    const stage = stageOf({ alpha: { keys: ["sk-1", "sk-2"] }, beta: {} })
    stage.board.say({ endpoint: "alpha", key: "key-1" }, closed())
    const id = await idOf(await stage.ask(file))
    stage.board.say({ endpoint: "alpha", key: "key-1" }, available)
    const get = { path: `/files/${id}`, method: "GET", body: null }
    expect((await stage.ask(get)).call.attempts[0]?.target.id).toBe("alpha/key-2")
    stage.board.say({ endpoint: "alpha", key: "key-2" }, closed())
    expect((await stage.ask(get)).call.attempts[0]?.target.id).toBe("alpha/key-1")
  })

  test.each([false, true])(
    "a stored response is continued where it was answered (streamed: %s)",
    async (stream) => {
      const stage = stageOf({ alpha: {}, beta: {} })
      close(stage, "alpha")
      const body = { model: "gpt-4o", input: "Why?", stream }
      const first = await stage.ask({ path: "/responses", body: JSON.stringify(body) })
      const [id] = (first.ok ? await stage.clock.runUntil(first.response.text()) : "").match(/resp_\w+/) ?? []
      close(stage, "alpha", available)
      const next = { path: "/responses", body: JSON.stringify({ ...body, previous_response_id: id }) }
      expect(storyOf(await stage.ask(next))).toEqual(["beta first"])
    },
  )

  test("what nobody remembers is looked for at the first endpoint and never elsewhere", async () => {
    const stage = stageOf({ alpha: {}, beta: {} })
    const get = { path: "/files/file-unknown", method: "GET", body: null }
    expect(storyOf(await stage.ask(get))).toEqual(["alpha first"])
    close(stage, "alpha", closed(90_000))
    expect(storyOf(await stage.ask(get))).toEqual(["alpha panic"])
  })

  test("another process learns it from the store", async () => {
    const store = memoryStore({ clock: virtualClock() })
    const one = stageOf({ alpha: {}, beta: {} }, { store })
    close(one, "alpha")
    const id = await idOf(await one.ask(file))
    const other = stageOf({ alpha: {}, beta: {} }, { store })
    const get = { path: `/files/${id}`, method: "GET", body: null }
    expect(storyOf(await other.ask(get))).toEqual(["beta first"])
  })
})

test("a strategy of one's own picks among equals and hears what was chosen", async () => {
  const chosen: string[] = []
  const stage = stageOf(
    { alpha: {}, beta: {}, low: { tier: 1 } },
    {
      router: {
        strategy: () => ({
          pick: (targets) => targets.at(-1)!,
          chose: ({ endpoint }) => chosen.push(endpoint),
        }),
      },
    },
  )
  expect(storyOf(await stage.ask())).toEqual(["beta first"])
  expect(chosen).toEqual(["beta"])
})

test("a failure of the chosen target is the router's answer: going on is retry's", async () => {
  let seen: Answer | undefined
  const outer = layer(async (request, next, context) => (seen = await next(request, context)))
  const { ask } = stageOf({ alpha: { script: [broken] }, beta: {} }, { use: [outer] })
  await ask()
  expect(seen).toMatchObject({ ok: false, failure: { class: "server-error" } })
})

test("options that cannot be meant are refused with a sentence each", () => {
  const options = { strategy: "fastest", patience: 3 } as object
  expect(() => router(options)).toThrow(
    /2 options are wrong:[^]*router\.patience is not an option[^]*"fastest"/,
  )
})
