import { Circuits, memoryStore, PipelineError, seededRandom } from "@bellwether/core"
import type { Plugin, Services } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import {
  always,
  ask,
  askTimes,
  build,
  hanging,
  openStream,
  overloaded,
  states,
  textOf,
  told,
  trip,
} from "../test/stage.ts"
import type { Plan } from "../test/stage.ts"
import { circuitBreaker } from "./index.ts"

const primary = { endpoint: "primary" }
const circuitOfPrimary = { endpoint: "primary", key: "key-1", model: "gpt-4o" }
const sole = { endpoints: [{ id: "primary", baseURL: "https://primary.test/v1", key: "secret" }] }

/** Where the next call goes. */
async function next(world: ReturnType<typeof build>, model = "gpt-4o") {
  world.seen.length = 0
  await ask(world.pipeline, { model })
  return world.seen.join()
}

/** A stream on the primary that has begun. */
async function streaming({ plans, pipeline, clock }: ReturnType<typeof build>) {
  const stream = openStream()
  plans.unshift(stream.plan)
  const asking = ask(pipeline, { stream: true })
  await clock.advance(1)
  stream.content()
  return { ...stream, result: await asking }
}

/** Whether a promise has settled, and how. */
function watched(promise: Promise<unknown>) {
  const seen = { now: "pending" }
  promise.then(
    () => (seen.now = "resolved"),
    (error: unknown) => (seen.now = PipelineError.is(error) ? error.code : String(error)),
  )
  return seen
}

/** Lends what a plugin is lent to the test. */
function lent(options: Parameters<typeof build>[0] = {}, clock = virtualClock()) {
  let services!: Services
  const lender: Plugin = { name: "lender", setup: (given) => void (services = given) }
  const world = build({ ...options, use: [lender] }, clock)
  return { ...world, services }
}

describe("forced open", () => {
  test("a target takes no new attempts though its circuit is closed, for models nobody asked for neither", async () => {
    const world = build()
    await ask(world.pipeline)
    world.circuits.forceOpen(primary)
    expect([await next(world), await next(world, "o3")]).toEqual(["backup", "backup"])
    world.circuits.forceClose(primary)
    expect([await next(world), await next(world, "o3")]).toEqual(["primary", "primary"])
  })

  test("a model or a key is left alone, the others are not", async () => {
    const baseURL = "https://primary.test/v1"
    const world = build({ endpoints: [{ id: "primary", baseURL, keys: ["one", "two"] }] })
    world.circuits.forceOpen({ endpoint: "primary", model: "o3" })
    world.circuits.forceOpen({ endpoint: "primary", key: "key-1" })
    const verdicts = (model: string) =>
      world.pipeline.inspect(model).targets.map(({ verdict }) => verdict.status)
    expect(verdicts("o3")).toEqual(["unavailable", "unavailable"])
    expect(verdicts("gpt-4o")).toEqual(["unavailable", "available"])
  })

  test("it says why: in the trail, on the board, and in what the breaker tells", async () => {
    const { pipeline, circuits, services } = lent()
    circuits.forceOpen({ endpoint: "primary", model: "gpt-4o" }, { reason: "rotating keys" })
    const reason = "circuit forced open by an operator: rotating keys"
    const { call } = await ask(pipeline)
    expect(call.trail[0]).toMatchObject({ step: "target-refused", target: "primary/key-1", reason })
    expect(services.board.statements()).toEqual([
      {
        source: "circuit-breaker",
        scope: { endpoint: "primary", model: "gpt-4o" },
        verdict: { status: "unavailable", reason, parked: true, veto: true },
      },
    ])
    const [line] = told(pipeline)
    expect(line).toMatchObject({
      target: "primary/key-1",
      scope: { endpoint: "primary", model: "gpt-4o" },
      state: "forced-open",
      reason: "rotating keys",
    })
    expect(JSON.parse(JSON.stringify(line))).toEqual(line)
  })

  test("it is a veto for a sole target too, unlike a circuit", async () => {
    const world = build(sole)
    await trip(world)
    expect(await next(world)).toBe("primary")
    world.circuits.forceOpen(primary, { reason: "moving house" })
    const result = await ask(world.pipeline)
    expect(result.ok ? "" : result.failure.message).toContain("forced open by an operator: moving house")
    expect(world.pipeline.inspect("gpt-4o").targets[0]?.verdict.status).toBe("unavailable")
  })

  test("it lets no panic try through, and no probe", async () => {
    const panicking = build({ use: [always("panic")] })
    await trip(panicking)
    panicking.circuits.forceOpen(primary)
    expect(await next(panicking)).toBe("")

    const probing = build()
    await trip(probing)
    probing.circuits.forceOpen(primary)
    await probing.clock.advance(5_000)
    expect(await next(probing)).toBe("backup")
    expect(states(probing.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
  })

  test("for a while, its circuits then stand as they would have, and it says when", async () => {
    const world = build()
    await trip(world)
    world.circuits.forceOpen(primary, { forMs: 60_000 })
    const { verdict } = world.pipeline.inspect("gpt-4o").targets[0]!
    expect(verdict).toMatchObject({ status: "unavailable", untilMs: world.clock.now() + 60_000 })
    expect(verdict).not.toHaveProperty("parked")
    await world.clock.advance(59_999)
    expect(await next(world)).toBe("backup")
    await world.clock.advance(1)
    expect(await next(world)).toBe("primary")
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
    expect(world.clock.pending).toBe(0)
  })

  test("the last word on a scope counts: longer, shorter, or for good", async () => {
    const world = build()
    world.circuits.forceOpen(primary, { forMs: 10_000 })
    world.circuits.forceOpen(primary)
    await world.clock.advance(100_000)
    expect(await next(world)).toBe("backup")
    world.circuits.forceOpen(primary, { forMs: 10_000 })
    await world.clock.advance(10_000)
    expect(await next(world)).toBe("primary")
  })

  test("what happens is told", async () => {
    const world = build()
    world.circuits.forceOpen(primary, { reason: "moving house" })
    world.circuits.forceOpen({ ...primary, model: "o3" }, { forMs: 1_000 })
    await world.clock.advance(1_000)
    world.circuits.forceClose(primary)
    expect(world.heard).toEqual([
      "primary forced open: moving house",
      "primary/o3 forced open: no reason given, for now",
      "primary/o3 released",
      "primary released",
    ])
  })

  test("who waits for a change is woken when it is over", async () => {
    const { circuits, services } = lent()
    circuits.forceOpen(primary)
    const waiting = services.board.changed()
    circuits.forceClose(primary)
    await expect(waiting).resolves.toBeUndefined()
  })

  test("its word and that of the circuit on the very same scope do not overwrite each other", async () => {
    const world = lent()
    const said = () =>
      world.services.board
        .statements()
        .map(({ verdict }) => "reason" in verdict && verdict.reason.slice(0, 19))
    world.circuits.forceOpen(circuitOfPrimary)
    expect(said()).toEqual(["circuit forced open"])
    world.circuits.forceClose(circuitOfPrimary)
    expect(said()).toEqual([])
    const streams = [
      await streaming(world),
      await streaming(world),
      await streaming(world),
      await streaming(world),
      await streaming(world),
    ]
    world.circuits.forceOpen(circuitOfPrimary, { forMs: 1_000 })
    for (const { cut, result } of streams) {
      cut()
      await textOf(result).catch(() => {})
    }
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
    expect(said()).toEqual(["circuit forced open"])
    await world.clock.advance(1_000)
    expect(said()).toEqual(["circuit open: 5 att"])
  })
})

describe("forced closed", () => {
  test("an open circuit is closed at once, all of its models", async () => {
    const world = build()
    await trip(world)
    world.circuits.forceClose(primary)
    expect(world.heard.at(-1)).toBe("closed: it started over")
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: closed")
    expect(await next(world)).toBe("primary")
  })

  test("what was counted before is forgotten, and what was under way changes nothing", async () => {
    const world = build()
    const early = await streaming(world)
    world.plans.push(...Array<Plan>(4).fill(overloaded))
    await askTimes(4, world.pipeline)
    world.circuits.forceClose(primary)
    early.cut()
    await textOf(early.result).catch(() => {})
    world.plans.push(...Array<Plan>(4).fill(overloaded))
    await askTimes(4, world.pipeline)
    expect(world.heard).toEqual([])
    world.plans.push(overloaded)
    await ask(world.pipeline)
    expect(world.heard).toEqual([
      "primary/key-1 opened: 5 attempts in a row failed, the last one: overloaded (529)",
    ])
  })

  test("the open time starts over", async () => {
    const world = build()
    for (let time = 0; time < 3; time++) {
      await trip(world)
      world.circuits.forceClose(primary)
    }
    await trip(world)
    expect(told(world.pipeline)[0]).toMatchObject({ state: "open", openings: 1 })
  })

  test("a whole endpoint, its parts are closed with it; a part of what is held is refused with the way out", () => {
    const { circuits, pipeline } = build()
    circuits.forceOpen(circuitOfPrimary)
    circuits.forceOpen({ endpoint: "primary", key: "key-1" })
    expect(() => circuits.forceClose(circuitOfPrimary)).toThrow(
      expect.objectContaining({
        code: "scope-held",
        message: "primary/key-1 for gpt-4o is forced open with all of primary/key-1: force that closed.",
      }),
    )
    circuits.forceClose(primary)
    expect(pipeline.inspect("gpt-4o").targets[0]?.verdict.status).toBe("available")
  })
})

describe("a drain", () => {
  test("lets what is under way end, takes nothing new, and is over when nothing is in flight", async () => {
    const world = build()
    const streams = [await streaming(world), await streaming(world)]
    const draining = watched(world.circuits.drain(primary))
    expect(await next(world)).toBe("backup")
    for (const { finish, result } of streams) {
      expect(draining.now).toBe("pending")
      finish()
      expect(await textOf(result)).toContain("hi")
    }
    await world.clock.advance(1)
    expect(draining.now).toBe("resolved")
    expect(world.heard).toEqual(["primary forced open: draining"])
    world.circuits.forceClose(primary)
    expect(await next(world)).toBe("primary")
  })

  test("waits for its own scope alone", async () => {
    const world = build()
    const stream = await streaming(world)
    await expect(world.circuits.drain({ endpoint: "primary", model: "o3" })).resolves.toBeUndefined()
    await expect(world.circuits.drain({ endpoint: "backup" })).resolves.toBeUndefined()
    stream.finish()
    await textOf(stream.result)
  })

  test("waits for a probe that hangs longer than its place is kept, and for what a sole target must take", async () => {
    const world = build(sole)
    await trip(world)
    const callers = [new AbortController(), new AbortController()]
    world.plans.push(hanging, hanging)
    const asking = callers.map(({ signal }) => ask(world.pipeline, { signal }))
    await world.clock.advance(125_000)
    const draining = watched(world.circuits.drain(primary))
    for (const caller of callers) {
      await world.clock.advance(1)
      expect(draining.now).toBe("pending")
      caller.abort()
    }
    await Promise.all(asking)
    await world.clock.advance(1)
    expect(draining.now).toBe("resolved")
  })

  test("waits for calls of more models than circuits are kept for", async () => {
    const world = build()
    world.plans.push(...Array<Plan>(1_001).fill(hanging))
    const caller = new AbortController()
    const asking = Array.from({ length: 1_001 }, (_, number) =>
      ask(world.pipeline, { model: `model-${number}`, signal: caller.signal }),
    )
    await world.clock.advance(1)
    const draining = watched(world.circuits.drain({ endpoint: "primary", model: "model-1000" }))
    await world.clock.advance(1)
    expect(draining.now).toBe("pending")
    caller.abort()
    await Promise.all(asking)
    await world.clock.advance(1)
    expect(draining.now).toBe("resolved")
  })

  test("that is undone rejects", async () => {
    const world = build()
    const { finish } = await streaming(world)
    const draining = watched(world.circuits.drain(primary))
    world.circuits.forceClose(primary)
    await world.clock.advance(1)
    expect(draining.now).toBe("drain-undone")
    finish()
  })

  test("that nobody waits for any longer goes on", async () => {
    const world = build()
    const { finish } = await streaming(world)
    const patience = new AbortController()
    const draining = world.circuits.drain(primary, { reason: "moving house", signal: patience.signal })
    patience.abort("enough")
    await expect(draining).rejects.toBe("enough")
    expect(await next(world)).toBe("backup")
    finish()
  })

  test("that is given up before it began does nothing", async () => {
    const world = build()
    await expect(world.circuits.drain(primary, { signal: AbortSignal.abort("enough") })).rejects.toBe(
      "enough",
    )
    expect(await next(world)).toBe("primary")
  })

  test("is over when the pipeline closes", async () => {
    const world = build()
    await streaming(world)
    const draining = world.circuits.drain(primary)
    await world.pipeline.close()
    await expect(draining).resolves.toBeUndefined()
  })
})

describe("a wake", () => {
  const wake = ({ services }: { services: Services }) => services.use(Circuits)().wake(services.targets[0]!)

  /** A circuit that has opened for the third time in a row, for 10 to 20 s. */
  async function longOpen() {
    const world = lent({ breaker: { consecutiveFailures: 1 } })
    for (let time = 0; time < 3; time++) {
      world.plans.push(overloaded)
      await ask(world.pipeline)
      if (time < 2) await world.clock.advance(10_000)
    }
    await world.clock.advance(5_000)
    expect(await next(world)).toBe("backup")
    return world
  }

  test("lets one probe through before the open time is over, and closes nothing by itself", async () => {
    const world = await longOpen()
    wake(world)
    expect(world.heard.at(-1)).toBe("half-opened: the target was found answering: probing")
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
    expect([await next(world), await next(world)]).toEqual(["primary", "primary"])
    expect(world.heard.at(-1)).toBe("closed: enough probes succeeded")
  })

  test("does nothing where the probe is under way, the circuit closed, or an operator forbids it", async () => {
    const world = await longOpen()
    world.circuits.forceOpen(primary)
    wake(world)
    expect(states(world.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
    world.circuits.forceClose(primary)
    const before = told(world.pipeline)
    wake(world)
    expect(told(world.pipeline)).toEqual(before)
  })

  test("reaches circuits this process has only heard of", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const here = lent({ store, breaker: { consecutiveFailures: 1 } }, clock)
    const there = lent({ store, random: seededRandom(2), breaker: { consecutiveFailures: 1 } }, clock)
    for (let time = 0; time < 3; time++) {
      here.plans.push(overloaded)
      await ask(here.pipeline)
      if (time < 2) await clock.advance(10_000)
    }
    await clock.advance(5_000)
    wake(there)
    await clock.advance(10)
    expect(states(here.pipeline)[0]).toBe("primary/key-1 gpt-4o: half-open")
  })
})

describe("a fleet", () => {
  test("obeys an order wherever it was given, and whoever joins later", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const join = (seed: number) => build({ store, random: seededRandom(seed) }, clock)
    const [here, there] = [join(1), join(2)]
    const news = () => clock.advance(10)
    await trip(there)
    await news()
    here.circuits.forceOpen(primary, { reason: "moving house" })
    await news()
    const later = join(3)
    await news()
    for (const world of [there, later]) {
      expect(world.heard.at(-1)).toBe("primary forced open: moving house")
      expect(await next(world)).toBe("backup")
    }
    await clock.advance(7 * 86_400_000)
    expect(await next(later)).toBe("backup")
    later.circuits.forceClose(primary)
    await news()
    for (const world of [here, there, later]) {
      expect(world.heard.at(-1)).toBe("primary released")
      expect(await next(world)).toBe("primary")
    }
  })

  test("forgets what each has counted when one of them forces a circuit closed that never opened", async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const [here, there] = [1, 2].map((seed) => build({ store, random: seededRandom(seed) }, clock)) as [
      ReturnType<typeof build>,
      ReturnType<typeof build>,
    ]
    there.plans.push(...Array<Plan>(4).fill(overloaded))
    await askTimes(4, there.pipeline)
    here.circuits.forceClose(primary)
    await clock.advance(10)
    there.plans.push(overloaded)
    await ask(there.pipeline)
    expect(there.heard).toEqual([])
  })
})

describe("what makes no sense is refused", () => {
  test.each([
    [{ endpoint: "primry" }, 'forceOpen.endpoint can not be "primry"; did you mean primary?'],
    [{ endpoint: "primary", key: "key-2" }, 'forceOpen.key can not be "key-2"; did you mean key-1?'],
    [{ endpoint: "primary", modell: "o3" }, "forceOpen.modell is not an option; did you mean model?"],
    [{}, "forceOpen.endpoint is missing."],
    [undefined, "forceOpen.endpoint is missing."],
  ])("%o", (scope, message) => {
    const { circuits } = build()
    expect(() => circuits.forceOpen(scope as never)).toThrow(
      expect.objectContaining({ code: "invalid-options", message }),
    )
  })

  test("times, reasons and signals that are none", async () => {
    const { circuits } = build()
    expect(() => circuits.forceOpen(primary, { forMs: 0 })).toThrow(
      "forMs must be a number of milliseconds above 0",
    )
    expect(() => circuits.forceOpen(primary, { reason: " " })).toThrow(
      "reason must be a text that is not blank",
    )
    await expect(circuits.drain(primary, { signal: {} as AbortSignal })).rejects.toThrow(
      "must be an AbortSignal",
    )
  })

  test("a breaker in no pipeline, and one in two", async () => {
    const circuits = circuitBreaker()
    expect(() => circuits.forceOpen(primary)).toThrow(expect.objectContaining({ code: "plugin-unused" }))
    expect(() => circuits.forceClose(primary)).toThrow("put it into `use`")
    await expect(circuits.drain(primary)).rejects.toThrow(expect.objectContaining({ code: "plugin-unused" }))
    const { circuits: used, services } = lent()
    expect(() => used.setup(services)).toThrow(expect.objectContaining({ code: "plugin-reused" }))
  })
})
