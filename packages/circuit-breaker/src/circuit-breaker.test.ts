import { CommitLimit, memoryStore, seededRandom, StandIns } from "@bellwether/core"
import type { Board, Plugin } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import {
  always,
  answer,
  ask,
  askTimes,
  build,
  hanging,
  limited,
  openStream,
  overloaded,
  states,
  textOf,
  trip,
} from "../test/stage.ts"
import type { Plan } from "../test/stage.ts"
import { circuitBreaker } from "./index.ts"
import type { CircuitBreakerOptions } from "./index.ts"

test("after five failures in a row the target is left alone and calls go elsewhere", async () => {
  const world = build()
  await trip(world)
  expect(world.heard).toEqual([
    "primary/key-1 opened: 5 attempts in a row failed, the last one: overloaded (529)",
  ])
  world.seen.length = 0
  const { ok } = await ask(world.pipeline)
  expect([ok, ...world.seen]).toEqual([true, "backup"])
  expect(states(world.pipeline)).toEqual(["primary/key-1 gpt-4o: open", "backup/key-1 gpt-4o: closed"])
})

test("half of ten opens it too", async () => {
  const world = build()
  world.plans.push(
    overloaded,
    answer,
    overloaded,
    answer,
    overloaded,
    answer,
    overloaded,
    answer,
    answer,
    overloaded,
  )
  await askTimes(10, world.pipeline)
  expect(world.heard).toEqual([
    "primary/key-1 opened: 5 of 10 attempts failed within 120 s, the last one: overloaded (529)",
  ])
})

test("what is not the target's fault opens nothing", async () => {
  const world = build()
  world.plans.push(...Array<Plan>(20).fill(limited))
  await askTimes(20, world.pipeline)
  expect(world.heard).toEqual([])
})

test("a circuit is for one model of one target", async () => {
  const world = build()
  await trip(world)
  world.seen.length = 0
  await askTimes(1, world.pipeline, "gpt-4o-mini")
  expect(world.seen).toEqual(["primary"])
})

test("two probes, one after the other, close it", async () => {
  const world = build()
  await trip(world)
  await world.clock.advance(5_000)
  world.seen.length = 0
  await askTimes(3, world.pipeline)
  expect(world.seen).toEqual(["primary", "primary", "primary"])
  expect(world.heard.slice(1)).toEqual([
    "half-opened: the open time is over: probing",
    "closed: enough probes succeeded",
  ])
})

test("a failed probe opens it again, for longer", async () => {
  const world = build()
  await trip(world)
  await world.clock.advance(5_000)
  world.plans.push(overloaded)
  await ask(world.pipeline)
  expect(world.heard.at(-1)).toBe("primary/key-1 opened: a probe failed: overloaded (529)")
  world.seen.length = 0
  await world.clock.advance(4_999)
  await ask(world.pipeline)
  expect(world.seen).toEqual(["backup"])
  await world.clock.advance(5_001)
  await ask(world.pipeline)
  expect(world.seen).toEqual(["backup", "primary"])
})

test("of many callers at half-open exactly one probes, the others are sent on and none waits", async () => {
  const world = build()
  await trip(world)
  await world.clock.advance(5_000)
  world.seen.length = 0
  const stream = openStream()
  world.plans.push(stream.plan)
  const probe = ask(world.pipeline, { stream: true })
  const others = await Promise.all(Array.from({ length: 50 }, () => ask(world.pipeline)))
  expect(others.every(({ ok }) => ok)).toBe(true)
  expect(world.seen.filter((host) => host === "primary")).toHaveLength(1)
  stream.content()
  expect((await probe).ok).toBe(true)
})

test("the provider's own hint keeps it open longer", async () => {
  const world = build()
  const unavailable: Plan = () => new Response("", { status: 503, headers: { "retry-after": "60" } })
  world.plans.push(...Array<Plan>(5).fill(unavailable))
  await askTimes(5, world.pipeline)
  world.seen.length = 0
  await world.clock.advance(59_000)
  await ask(world.pipeline)
  await world.clock.advance(1_000)
  await ask(world.pipeline)
  expect(world.seen).toEqual(["backup", "primary"])
})

describe("law 11: a sole target", () => {
  const sole = { endpoints: [{ id: "primary", baseURL: "https://primary.test/v1", key: "secret" }] }

  test("is never refused, and its circuit tells its state all the same", async () => {
    const world = build(sole)
    await trip(world)
    expect(world.pipeline.inspect("gpt-4o").targets[0]?.verdict).toMatchObject({
      status: "degraded",
      reason: expect.stringContaining("circuit open"),
    })
    world.plans.push(overloaded, overloaded)
    const results = await Promise.all([ask(world.pipeline), ask(world.pipeline), ask(world.pipeline)])
    expect(results.map(({ ok }) => ok)).toEqual([false, false, true])
  })

  test("closes its circuit by what comes back", async () => {
    const world = build(sole)
    await trip(world)
    await askTimes(3, world.pipeline)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: closed")
  })
})

describe("the last target of a model that is in use", () => {
  const baseURL = "https://primary.test/v1"
  const endpoints = [{ id: "primary", baseURL, keys: ["one", "two"] }]
  const sick = (failures: number, times: number): Plan[] =>
    Array.from({ length: times }, (_, place) => (place % 10 < failures ? overloaded : answer))

  test("is not given up because of a share of failures, however many others open", async () => {
    const world = build({ endpoints })
    await trip(world)
    world.plans.push(...sick(8, 100))
    await askTimes(100, world.pipeline)
    expect(states(world.pipeline)).toEqual(["primary/key-1 gpt-4o: open", "primary/key-2 gpt-4o: closed"])
  })

  test("is given up after twenty failures in a row", async () => {
    const world = build({ endpoints })
    await trip(world)
    world.plans.push(...Array<Plan>(20).fill(overloaded))
    await askTimes(19, world.pipeline)
    expect(world.heard).toHaveLength(1)
    await askTimes(1, world.pipeline)
    expect(world.heard[1]).toContain("primary/key-2 opened: 20 attempts in a row failed")
  })

  test("counts as any other once another is back", async () => {
    const world = build({ endpoints })
    await trip(world)
    world.plans.push(...sick(4, 40))
    await askTimes(40, world.pipeline)
    await world.clock.advance(5_000)
    await askTimes(2, world.pipeline)
    expect(states(world.pipeline)).toEqual(["primary/key-1 gpt-4o: closed", "primary/key-2 gpt-4o: closed"])
    await trip(world)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
  })

  test("is told by who serves the model: one that alone does is never refused", async () => {
    const world = build({
      endpoints: [
        { id: "primary", baseURL, serves: ["gpt-4o"] },
        { id: "backup", baseURL: "https://backup.test/v1", serves: ["other"] },
      ],
    })
    world.plans.push(...Array<Plan>(30).fill(overloaded))
    await askTimes(30, world.pipeline)
    expect((await ask(world.pipeline)).ok).toBe(true)
  })

  test("is no matter where another model stands in", async () => {
    const standIns: Plugin = {
      name: "stand-ins",
      setup: ({ provide }) => provide(StandIns, { has: (model) => model === "gpt-4o" }),
    }
    const world = build({ endpoints: [{ id: "primary", baseURL }], use: [standIns] })
    await trip(world)
    expect(await ask(world.pipeline)).toMatchObject({ ok: false, failure: { class: "target-refused" } })
  })
})

test("with nobody else to ask the caller learns when to come back", async () => {
  const baseURL = "https://primary.test/v1"
  const endpoints = [{ id: "primary", baseURL, keys: ["secret", "other"] }]
  const world = build({ endpoints, breaker: { lastConsecutiveFailures: 5 } })
  await trip(world)
  await trip(world)
  const result = await ask(world.pipeline)
  if (result.ok) throw new Error("An open circuit let a call through.")
  expect(result.failure.class).toBe("target-refused")
  expect(result.failure.message).toContain("circuit open: 5 attempts in a row failed")
  expect(result.failure.retryAfterMs).toBeGreaterThan(2_500)
  expect(result.failure.retryAfterMs).toBeLessThanOrEqual(5_000)
})

describe("law 5: an outcome belongs to the state that admitted it", () => {
  test("a call from before the opening that fails late does not disturb the probe", async () => {
    const world = build()
    const [early, probe] = [openStream(), openStream()]
    world.plans.push(early.plan, ...Array<Plan>(5).fill(overloaded), probe.plan)
    const late = ask(world.pipeline, { stream: true })
    await askTimes(5, world.pipeline)
    await world.clock.advance(5_000)
    const probing = ask(world.pipeline, { stream: true })
    early.cut()
    expect((await late).ok).toBe(false)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
    probe.content()
    expect((await probing).ok).toBe(true)
    await ask(world.pipeline)
    expect(world.heard.at(-1)).toBe("closed: enough probes succeeded")
  })

  test("calls from before the opening that succeed late close nothing", async () => {
    const world = build()
    const early = [openStream(), openStream(), openStream()]
    world.plans.push(...early.map(({ plan }) => plan), ...Array<Plan>(5).fill(overloaded))
    const late = early.map(() => ask(world.pipeline, { stream: true }))
    await askTimes(5, world.pipeline)
    for (const stream of early) {
      stream.content()
      stream.finish()
    }
    for (const result of await Promise.all(late)) await textOf(result)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
    expect(world.heard).toHaveLength(1)
  })

  test("a cancelled probe is no success and frees its place", async () => {
    const world = build()
    await trip(world)
    await world.clock.advance(5_000)
    world.seen.length = 0
    world.plans.push(hanging, hanging)
    for (let time = 0; time < 2; time++) {
      const caller = new AbortController()
      const probing = ask(world.pipeline, { signal: caller.signal })
      await world.clock.advance(1)
      caller.abort()
      await probing
    }
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
    await ask(world.pipeline)
    expect(world.seen).toEqual(["primary", "primary", "primary"])
  })

  /** A `timeout` plugin as the breaker sees it. */
  const limiting: Plugin = {
    name: "limiting",
    setup: ({ provide }) => provide(CommitLimit, { of: ({ call }) => (call.stream ? 30_000 : 120_000) }),
  }

  test.each([
    ["streaming probe under a limit", true, 35_000, [limiting]],
    ["plain probe under a limit", false, 125_000, [limiting]],
    ["probe nobody limits", true, 125_000, []],
  ])("a hung %s has failed when its lease expires", async (_, stream, expiryMs, use) => {
    const world = build({ use })
    await trip(world)
    await world.clock.advance(5_000)
    world.plans.push(hanging)
    const caller = new AbortController()
    const probing = ask(world.pipeline, { stream, signal: caller.signal })
    await world.clock.advance(expiryMs - 1)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
    await world.clock.advance(1)
    expect(world.heard.at(-1)).toBe(
      `primary/key-1 opened: a probe failed: no answer within ${expiryMs / 1_000} s`,
    )
    caller.abort()
    await probing
    await world.clock.advance(10_000)
    world.seen.length = 0
    await askTimes(2, world.pipeline)
    expect(world.seen).toEqual(["primary", "primary"])
    expect(world.clock.pending).toBe(0)
  })

  test("no exit leaks a lease: not another admission that refuses, not a plugin that throws", async () => {
    let mood: "refuse" | "throw" | "good" = "good"
    const moody: Plugin = {
      name: "moody",
      setup: () => ({
        admit: {
          take: ({ target }) =>
            mood === "refuse" && target.endpoint === "primary"
              ? { status: "unavailable", reason: "It is in a mood." }
              : undefined,
        },
        attempt: (request, next, context) => {
          if (mood === "throw" && request.target.endpoint === "primary") throw new Error("A plugin's bug.")
          return next(request, context)
        },
      }),
    }
    const world = build({ behind: [moody] })
    const { pipeline, clock, seen } = world
    await trip(world)
    await clock.advance(5_000)
    mood = "refuse"
    await ask(pipeline)
    mood = "throw"
    await ask(pipeline)
    mood = "good"
    await clock.advance(20_000)
    seen.length = 0
    await askTimes(2, pipeline)
    expect(seen).toEqual(["primary", "primary"])
    expect(clock.pending).toBe(0)
  })
})

describe("law 6: health is decided at the end of the body", () => {
  test("a probe succeeds at its commit point and frees its place there", async () => {
    const world = build()
    await trip(world)
    await world.clock.advance(5_000)
    const streams = [openStream(), openStream()]
    for (const stream of streams) {
      world.plans.push(stream.plan)
      const probing = ask(world.pipeline, { stream: true })
      await world.clock.advance(1)
      stream.content()
      expect((await probing).ok).toBe(true)
    }
    expect(world.heard.at(-1)).toBe("closed: enough probes succeeded")
  })

  test("a probe whose body fails after its commit still opens the circuit again", async () => {
    const world = build()
    await trip(world)
    await world.clock.advance(5_000)
    const stream = openStream()
    world.plans.push(stream.plan)
    const probing = ask(world.pipeline, { stream: true })
    await world.clock.advance(1)
    stream.content()
    const result = await probing
    stream.cut()
    await expect(textOf(result)).rejects.toThrow("broke off")
    expect(world.heard.at(-1)).toBe("primary/key-1 opened: a probe failed: broken-response")
  })

  test("streams that are cut after their headers and content count as failures", async () => {
    const world = build()
    for (let time = 0; time < 5; time++) {
      const stream = openStream()
      world.plans.push(stream.plan)
      const asking = ask(world.pipeline, { stream: true })
      await world.clock.advance(1)
      stream.content()
      const result = await asking
      expect(result.ok).toBe(true)
      stream.cut()
      await expect(textOf(result)).rejects.toThrow("broke off")
    }
    expect(world.heard).toEqual([
      "primary/key-1 opened: 5 attempts in a row failed, the last one: broken-response",
    ])
  })
})

describe("law 10: a panic try", () => {
  test("is let through while the circuit is open, one at a time", async () => {
    const world = build({ use: [always("panic")] })
    await trip(world)
    const stream = openStream()
    world.plans.push(stream.plan)
    const panicking = ask(world.pipeline, { stream: true })
    const second = await ask(world.pipeline)
    expect(second.ok ? "answered" : second.failure.class).toBe("target-refused")
    stream.content()
    expect((await panicking).ok).toBe(true)
    expect(world.heard.at(-1)).toBe("half-opened: a try got through before the open time was over")
  })

  test("that fails does not make the circuit stay open longer", async () => {
    const world = build({ use: [always("panic")] })
    await trip(world)
    world.plans.push(...Array<Plan>(50).fill(overloaded))
    await askTimes(50, world.pipeline)
    expect(world.heard).toHaveLength(1)
  })
})

describe("a fleet", () => {
  /** Two processes with one store, and time for the news. */
  function fleet() {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const worlds = [1, 2].map((seed) => build({ store, random: seededRandom(seed) }, clock))
    return { clock, worlds, news: () => clock.advance(10) }
  }

  test("opens, probes and closes as one", async () => {
    const { clock, worlds, news } = fleet()
    const [a, b] = worlds as [ReturnType<typeof build>, ReturnType<typeof build>]
    await ask(b.pipeline)
    await trip(a)
    await news()
    expect(b.heard).toEqual(a.heard)

    await clock.advance(5_000)
    const stream = openStream()
    a.plans.push(stream.plan)
    const probing = ask(a.pipeline, { stream: true })
    await news()
    b.seen.length = 0
    await ask(b.pipeline)
    expect(b.seen).toEqual(["backup"])

    stream.content()
    await probing
    await news()
    await ask(b.pipeline)
    await news()
    expect(b.seen).toEqual(["backup", "primary"])
    expect(a.heard.at(-1)).toBe("closed: enough probes succeeded")
    expect(b.heard.at(-1)).toBe("closed: enough probes succeeded")
  })

  test("goes on when the process with the probe is gone", async () => {
    const { clock, worlds, news } = fleet()
    const [a, b] = worlds as [ReturnType<typeof build>, ReturnType<typeof build>]
    await trip(a)
    await clock.advance(5_000)
    // The timer of a process that is gone never fires: b hears of the probe and nothing after.
    a.plans.push(hanging)
    const probing = ask(a.pipeline, { stream: true })
    await news()
    await a.pipeline.close()
    await probing
    b.seen.length = 0
    await clock.advance(124_000)
    await ask(b.pipeline)
    await clock.advance(1_000)
    await ask(b.pipeline)
    expect(b.seen).toEqual(["backup", "primary"])
  })
})

describe("on the board", () => {
  /** Lends its view of the board to the test. */
  function watching() {
    let board: Board | undefined
    const watcher: Plugin = { name: "watcher", setup: (services) => void (board = services.board) }
    return { world: build({ use: [watcher] }), board: () => board! }
  }
  const said = (board: Board) => board.statements().map(({ scope }) => scope.model)

  test("an open circuit stands with its model and its reason, until it is probed", async () => {
    const { world, board } = watching()
    await trip(world)
    expect(board().statements()).toMatchObject([
      {
        source: "circuit-breaker",
        scope: { endpoint: "primary", key: "key-1", model: "gpt-4o" },
        verdict: {
          status: "unavailable",
          reason: expect.stringContaining("circuit open: 5 attempts in a row"),
        },
      },
    ])
    await world.clock.advance(2_000)
    const [target] = world.pipeline.inspect().targets
    expect(board().read(target!, "gpt-4o").status).toBe("unavailable")
    await world.clock.advance(3_000)
    await ask(world.pipeline)
    expect(said(board())).toEqual([])
  })

  test("a panic try that got through takes it back at once", async () => {
    let board!: Board
    const watcher: Plugin = { name: "watcher", setup: (services) => void (board = services.board) }
    const world = build({ use: [watcher, always("panic")] })
    await trip(world)
    expect(said(board)).toEqual(["gpt-4o"])
    await ask(world.pipeline)
    expect(said(board)).toEqual([])
  })

  test("the circuit of requests without a model speaks of no model", async () => {
    const { world, board } = watching()
    world.plans.push(...Array<Plan>(5).fill(overloaded))
    for (let time = 0; time < 5; time++) await world.pipeline.call({ path: "/models" })
    const [target] = world.pipeline.inspect().targets
    expect(board().read(target!, undefined).status).toBe("unavailable")
    expect(board().read(target!, "gpt-4o").status).toBe("available")
  })

  test("those who wait are woken when the place of the probe is free again", async () => {
    const { world, board } = watching()
    await trip(world)
    await world.clock.advance(5_000)
    world.plans.push(hanging)
    const caller = new AbortController()
    const probing = ask(world.pipeline, { signal: caller.signal })
    await world.clock.advance(1)
    const woken = board().changed()
    caller.abort()
    await probing
    await world.clock.runUntil(woken)
    const [target] = world.pipeline.inspect().targets
    expect(board().read(target!, "gpt-4o").status).toBe("available")
  })
})

test("model names from callers do not fill the memory: the oldest idle circuit goes, open ones stay", async () => {
  const world = build({ breaker: { openMs: 300_000 } })
  await trip(world)
  for (let number = 0; number < 1_500; number++) {
    await world.clock.advance(1)
    await ask(world.pipeline, { model: `made-up-${number}` })
  }
  const primary = states(world.pipeline).filter((state) => state.startsWith("primary"))
  expect(primary.length).toBeLessThanOrEqual(1_000)
  expect(primary[0]).toBe("primary/key-1 gpt-4o: open")
  expect(primary).not.toContain("primary/key-1 made-up-400: closed")
  expect(primary).toContain("primary/key-1 made-up-600: closed")
})

test("what it tells of itself is plain data", async () => {
  const world = build()
  await trip(world)
  const [circuit] = world.pipeline.inspect().plugins["circuit-breaker"] as [unknown]
  expect(JSON.parse(JSON.stringify(circuit))).toEqual(circuit)
  expect(circuit).toMatchObject({ target: "primary/key-1", model: "gpt-4o", state: "open", openings: 1 })
})

describe("options that make no sense are refused", () => {
  test.each<[CircuitBreakerOptions, string]>([
    [{ consecutiveFailures: false, failureRatio: false }, "can never open"],
    [{ failureRatio: false, minimumCompleted: 5 }, "minimumCompleted has no effect"],
    [{ openMs: 2, maxOpenMs: 1 }, "openMs (2) must not be longer than maxOpenMs (1)"],
    [{ failureRatio: 0 }, "failureRatio must be a share above 0, up to 1, not 0"],
    [{ failureRatio: 1.5 }, "failureRatio must be a share above 0, up to 1, not 1.5"],
    [{ consecutiveFailures: 0 }, "consecutiveFailures must be a whole number of at least 1, not 0"],
    [{ consecutiveFailures: NaN }, "consecutiveFailures must be"],
    [{ windowMs: -1 }, "windowMs must be a number of milliseconds above 0, not -1"],
    [{ windowMS: 1 } as CircuitBreakerOptions, "did you mean windowMs?"],
  ])("%o", (options, sentence) => {
    const build = () => circuitBreaker(options)
    expect(build).toThrow(sentence)
    expect(build).toThrow(expect.objectContaining({ code: "invalid-options" }))
  })
})
