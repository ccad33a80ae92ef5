import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { recording, silent } from "../test/answers.ts"
import { answered, endpoint, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, plain } from "../test/streams.ts"
import { createPipeline, StoreFound, StoreLost } from "./create-pipeline.ts"
import { CallEnded, CallStarted } from "./events.ts"
import { defineKey } from "./key.ts"
import { memoryStore } from "./memory-store.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { Places, Plugin } from "./plugin.ts"
import { seededRandom } from "./random.ts"
import type { Services } from "./services.ts"
import type { Store } from "./store.ts"

const answering = () => recording(() => Response.json(chatAnswer))
const plugin = (name: string, setup: (services: Services) => Places | void): Plugin => ({ name, setup })

describe("a plugin", () => {
  test("that cannot be set up keeps the pipeline from being made", () => {
    const broken = plugin("broken", () => {
      throw new Error("no license")
    })
    expect(() => pipelineOver({ use: [broken] })).toThrow("no license")
  })

  test("finds what another provides, whichever of them is listed first", async () => {
    const Greeting = defineKey<string>("greeting", "nobody is there")
    const heard: string[] = []
    const asking = plugin("asking", (services) => {
      const greeting = services.use(Greeting)
      heard.push(greeting())
      return { start: () => void heard.push(greeting()) }
    })
    const providing = plugin("providing", (services) => services.provide(Greeting, "hello"))
    await pipelineOver({ use: [asking, providing] }).ready()
    expect(heard).toEqual(["nobody is there", "hello"])
  })

  test("may look, once all are set up, whether they suffice, and refuse", () => {
    const Greeting = defineKey<string>("greeting", "nobody is there")
    const needing = plugin("needing", ({ use }) => ({
      check() {
        if (use(Greeting)() === "nobody is there") throw new Error("somebody must greet")
      },
    }))
    const providing = plugin("providing", (services) => services.provide(Greeting, "hello"))
    expect(() => pipelineOver({ use: [needing] })).toThrow("somebody must greet")
    expect(() => pipelineOver({ use: [needing, providing] })).not.toThrow()
  })

  test("is refused where it provides what another provides already", () => {
    const Greeting = defineKey<string>("greeting", "")
    const providing = (name: string) => plugin(name, (services) => services.provide(Greeting, name))
    expect(() => pipelineOver({ use: [providing("one"), providing("two")] })).toThrow(
      expect.objectContaining({
        code: "service-provided-twice",
        message: expect.stringMatching(/"one".*"two"/),
      }),
    )
  })

  test("has a random of its own, that no other plugin shifts", () => {
    const draws: Record<string, number> = {}
    const drawing = (name: string, count: number) =>
      plugin(name, ({ random }) => {
        for (let turn = 0; turn < count; turn++) draws[name] = random.next()
      })
    pipelineOver({ random: seededRandom(1), use: [drawing("a", 1), drawing("b", 1)] })
    const first = draws.b
    pipelineOver({ random: seededRandom(1), use: [drawing("a", 9), drawing("b", 1)] })
    expect(draws.b).toBe(first)
  })

  test("shares cells with itself and with no other", () => {
    const cells: Record<string, () => number> = {}
    const counting = (name: string) =>
      plugin(name, (services) => {
        const cell = services.shared("count", { initial: 0, merge: Math.max })
        cell.set(cell.get() + 1)
        cells[name] = cell.get
      })
    pipelineOver({ use: [counting("a"), counting("b")] })
    expect([cells.a?.(), cells.b?.()]).toEqual([1, 1])
  })
})

describe("background work", () => {
  /** A plugin whose start does this. */
  const starting = (start: () => void | Promise<void>) => plugin("starting", () => ({ start }))

  test("begins with the first call, once, and holds no call up", async () => {
    let started = 0
    const use = [
      starting(() => {
        started++
        return new Promise(() => {})
      }),
    ]
    const pipeline = pipelineOver({ clock: virtualClock(), use, fetch: answering().fetch })
    expect(started).toBe(0)
    answered(await pipeline.call(plain()))
    answered(await pipeline.call(plain()))
    expect(started).toBe(1)
  })

  test("begins with ready(), which waits for its first round", async () => {
    const log: string[] = []
    const use = [
      starting(async () => {
        await Promise.resolve()
        log.push("first round")
      }),
    ]
    const pipeline = pipelineOver({ use })
    await pipeline.ready()
    log.push("ready")
    await pipeline.ready()
    expect(log).toEqual(["first round", "ready"])
  })

  test("begins with the first call too, which does not begin what ready() waits for", async () => {
    const log: string[] = []
    const places = { start: () => void log.push("start"), ready: () => void log.push("first round") }
    const pipeline = pipelineOver({ use: [plugin("prober", () => places)], fetch: answering().fetch })
    answered(await pipeline.call(plain()))
    answered(await pipeline.call(plain()))
    expect(log).toEqual(["start"])
    await pipeline.ready()
    await pipeline.ready()
    expect(log).toEqual(["start", "first round"])
  })

  test.each<[string, () => Promise<void>]>([
    [
      "throws",
      () => {
        throw new Error("start bug")
      },
    ],
    ["rejects", () => Promise.reject(new Error("start bug"))],
  ])("that %s is told to who waits for it; calls go on without", async (_, start) => {
    const pipeline = pipelineOver({ clock: virtualClock(), use: [starting(start)], fetch: answering().fetch })
    answered(await pipeline.call(plain()))
    await expect(pipeline.ready()).rejects.toThrow("start bug")
    await expect(pipeline.ready()).rejects.toThrow("start bug")
    answered(await pipeline.call(plain()))
  })

  test("does not begin in a pipeline that is closed", async () => {
    let started = 0
    const pipeline = pipelineOver({ clock: virtualClock(), use: [starting(() => void started++)] })
    await pipeline.close()
    await expect(pipeline.ready()).rejects.toMatchObject({ code: "pipeline-closed" })
    refused(await pipeline.call(plain()))
    expect(started).toBe(0)
  })
})

describe("close", () => {
  test("ends the calls under way and refuses new ones", async () => {
    const clock = virtualClock()
    const { fetch, requests } = recording(silent)
    const pipeline = pipelineOver({ clock, fetch })
    const ended: unknown[] = []
    pipeline.on(CallEnded, ({ ending }) => ended.push(ending.failure?.code))
    const under = pipeline.call(plain())
    await clock.advance(10)
    await pipeline.close()
    const { failure, error } = refused(await under)
    expect(failure).toMatchObject({ class: "call-refused", code: "pipeline-closed" })
    expect(PipelineError.is(error, "pipeline-closed")).toBe(true)
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(refused(await pipeline.call(plain())).failure.code).toBe("pipeline-closed")
    await expect(pipeline.fetch("/models")).rejects.toMatchObject({ code: "pipeline-closed" })
    expect(requests).toHaveLength(1)
    expect(ended).toEqual(["pipeline-closed", "pipeline-closed", "pipeline-closed"])
    expect(clock.pending).toBe(0)
  })

  test("comes with the end of a block, and tells plugins through their signal", async () => {
    const signals: AbortSignal[] = []
    {
      await using pipeline = pipelineOver({
        use: [plugin("watching", ({ signal }) => void signals.push(signal))],
      })
      expect(pipeline.inspect().targets).toHaveLength(1)
      expect(signals[0]?.aborted).toBe(false)
    }
    expect(signals[0]?.aborted).toBe(true)
  })

  test("may come twice, and from a listener", async () => {
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: answering().fetch })
    pipeline.on(CallStarted, () => void pipeline.close())
    expect(refused(await pipeline.call(plain())).failure.code).toBe("pipeline-closed")
    await pipeline.close()
  })

  test("leaves an answer that was read whole as it is", async () => {
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: answering().fetch })
    const { response } = answered(await pipeline.call(plain()))
    await pipeline.close()
    expect(await response.json()).toEqual(chatAnswer)
  })
})

describe("a store that is lost", () => {
  test("is told of once, and once when it is found; calls go on", async () => {
    const clock = virtualClock()
    const sound = memoryStore({ clock })
    let isLost = true
    const shaky: Store = {
      ...sound,
      get: (key) => (isLost ? Promise.reject(new Error("connection refused")) : sound.get(key)),
      swap: (...swap) => (isLost ? Promise.reject(new Error("connection refused")) : sound.swap(...swap)),
    }
    const counting = plugin("counting", (services) => {
      const cell = services.shared("calls", { initial: 0, merge: Math.max })
      return {
        call(request, next, context) {
          cell.set(cell.get() + 1)
          return next(request, context)
        },
      }
    })
    const pipeline = createPipeline({
      endpoints: [endpoint("a")],
      clock,
      store: shaky,
      use: [counting],
      fetch: answering().fetch,
    })
    const told: string[] = []
    pipeline.on(StoreLost, () => told.push("lost"))
    pipeline.on(StoreFound, () => told.push("found"))
    for (let calls = 0; calls < 5; calls++) {
      answered(await pipeline.call(plain()))
      await clock.advance(2000)
    }
    expect(told).toEqual(["lost"])
    isLost = false
    await clock.advance(10_000)
    expect(told).toEqual(["lost", "found"])
    expect((await sound.get("cell:counting:calls"))?.value).toBe("5")
    await pipeline.close()
    expect(clock.pending).toBe(0)
  })
})

describe("a pipeline tells of itself", () => {
  const watcher = plugin("watcher", () => ({ inspect: () => ({ seen: 3 }) }))
  const outer = plugin("outer", () => ({ call: (request, next, context) => next(request, context) }))
  const inner = plugin("inner", () => ({
    call: (request, next, context) => next(request, context),
    attempt: (request, next, context) => next(request, context),
    admit: { take: () => undefined },
  }))
  const silentOne = plugin("silent", () => {})

  test("in words", () => {
    const words = pipelineOver({
      endpoints: [endpoint("a"), endpoint("b", { tier: 0 })],
      use: [outer, inner, watcher, silentOne],
    }).describe()
    expect(words).toMatch(/^call +outer → inner$/m)
    expect(words).toMatch(/^admission +inner$/m)
    expect(words).toMatch(/^attempt +inner$/m)
    expect(words).toMatch(/^watching +watcher, silent$/m)
    expect(words).toMatch(/a\/key-1 \(tier 0\), b\/key-1 \(tier 0\)/)
  })

  test("as plain data", () => {
    const saying = plugin("saying", ({ board }) =>
      board.say({ endpoint: "b", model: "m" }, { status: "degraded", reason: "it is slow" }),
    )
    const pipeline = pipelineOver({ endpoints: [endpoint("a"), endpoint("b")], use: [watcher, saying] })
    const inspection = pipeline.inspect("m")
    expect(inspection.plugins).toEqual({ watcher: { seen: 3 } })
    expect(inspection.targets).toMatchObject([
      { id: "a/key-1", endpoint: "a", key: "key-1", tier: 0, verdict: { status: "available" } },
      { id: "b/key-1", tier: 1, verdict: { status: "degraded", reason: "it is slow" } },
    ])
    expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection)
  })

  test("also where a plugin cannot tell of itself", () => {
    const broken = plugin("broken", () => ({
      inspect() {
        throw new Error("inspect bug")
      },
    }))
    expect(pipelineOver({ use: [broken, watcher] }).inspect().plugins).toMatchObject({ watcher: { seen: 3 } })
  })
})
