import { defineEvent, ListenerFailed, StoreLost } from "@bellwether/core"
import type { Plugin, Scope, Services, Target } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { StageOptions } from "../test/stage.ts"
import type { Level, LoggerLike } from "./logger.ts"
import { logging } from "./logging.ts"
import type { LoggingOptions } from "./options.ts"

type Told = readonly [Level, unknown, unknown]

/** A logger that remembers. */
function remembering(more: Partial<LoggerLike> = {}) {
  const told: Told[] = []
  const at =
    (level: Level) =>
    (...line: readonly [unknown, unknown]): void =>
      void told.push([level, ...line])
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), ...more }
  return { told, logger: logger as LoggerLike }
}

/** A pipeline that logs, and the services of a plugin in it that can emit what it likes. */
function opened(options: Partial<LoggingOptions> = {}, stage: Partial<StageOptions> = {}) {
  const { told, logger } = remembering()
  let services: Services | undefined
  const emitter: Plugin = { name: "emitter", setup: (lent) => void (services = lent) }
  const world = stageOf({ use: [logging({ logger, ...options }), emitter], ...stage })
  return { ...world, told, emit: services!.emit, targets: services!.targets }
}

const circuit = (name: string) => ({ name: `circuit-${name}` })
const change = (target: Target | undefined, reason = "5 in a row failed") => ({
  target,
  model: "gpt-4o",
  reason,
})

test("a change is a line, with ids and numbers and for how long", async () => {
  const { clock, told, emit, targets } = opened()
  await clock.advance(1_000)
  emit(circuit("opened"), { ...change(targets[0]), untilMs: 6_000 })
  expect(told).toEqual([
    [
      "warn",
      {
        event: "circuit-opened",
        target: "primary/key-1",
        model: "gpt-4o",
        reason: "5 in a row failed",
        forMs: 5_000,
      },
      "A circuit opened: primary/key-1, gpt-4o, for 5 s; 5 in a row failed.",
    ],
  ])
})

test("how grave a line is may depend on what changed", () => {
  const { told, emit } = opened()
  const scope: Scope = { endpoint: "primary", key: "key-1" }
  emit({ name: "health-changed" }, { scope, from: "healthy", to: "unhealthy", reason: "probes" })
  emit({ name: "health-changed" }, { scope, from: "unhealthy", to: "healthy", reason: "probes" })
  emit({ name: "park-began" }, { scope, class: "credential", durationMs: 60_000, strikes: 1 })
  emit({ name: "park-began" }, { scope, class: "model-missing", durationMs: 60_000, strikes: 1 })
  expect(told.map(([level]) => level)).toEqual(["warn", "info", "error", "warn"])
})

describe("a call", () => {
  test("is no line by default", async () => {
    const { told, ask } = opened()
    for (let turn = 0; turn < 5; turn++) await ask()
    expect(told).toEqual([])
  })

  test("is told at debug when that is asked for, with what became of it", async () => {
    const { told, ask } = opened({ level: "debug" }, { primary: [{ kind: "status", status: 500 }] })
    const { call } = await ask()
    expect(told.map(([level]) => level)).toEqual(["debug", "debug", "debug"])
    expect(told.map(([, fields]) => fields)).toEqual([
      {
        event: "attempt-ended",
        attempt: `${call.id}-1`,
        target: "primary/key-1",
        model: "gpt-4o",
        kind: "first",
        durationMs: 200,
        class: "server-error",
        code: "server-error",
        status: 500,
      },
      expect.objectContaining({ event: "attempt-ended", target: "backup/key-1" }),
      {
        event: "call-ended",
        call: call.id,
        operation: "chat",
        model: "gpt-4o",
        durationMs: expect.any(Number),
      },
    ])
  })

  test("is not even put together for a logger that would not write it", async () => {
    const asked: string[] = []
    const isLevelEnabled = (level: string) => (asked.push(level), level !== "debug")
    const { told, logger } = remembering({ isLevelEnabled })
    const { ask } = stageOf({ use: [logging({ logger, level: "debug" })] })
    await ask()
    expect([told, new Set(asked)]).toEqual([[], new Set(["debug"])])
  })

  test("can be told by a logger that knows no debug", async () => {
    const { told, logger } = remembering({ debug: undefined })
    const { ask } = stageOf({ use: [logging({ logger, level: "debug" })] })
    expect((await ask()).ok).toBe(true)
    expect(told).toEqual([])
  })
})

test("only what is grave enough is told", () => {
  const { told, emit, targets } = opened({ level: "error" })
  emit(circuit("opened"), change(targets[0]))
  emit(StoreLost, { cause: new Error("redis://user:planted@host") })
  expect(told).toEqual([["error", { event: "store-lost", cause: "Error" }, expect.any(String)]])
})

test("a logger that wants the words first gets them first; console is one", () => {
  const { told, emit, targets } = opened({ order: "words-first" })
  emit(circuit("closed"), change(targets[0]))
  expect(told[0]?.slice(0, 2)).toEqual([
    "info",
    "A circuit closed: primary/key-1, gpt-4o; 5 in a row failed.",
  ])
})

test("events of other plugins can be added, and known ones told otherwise", () => {
  const MaintenanceBegan = defineEvent<{ readonly endpoint: string }>("maintenance-began")
  const { told, emit, targets } = opened({
    also: [MaintenanceBegan, { event: circuit("half-opened"), level: "error", words: "Half open!" }],
  })
  emit(MaintenanceBegan, { endpoint: "primary" })
  emit(circuit("half-opened"), change(targets[0]))
  expect(told).toEqual([
    ["info", { event: "maintenance-began", endpoint: "primary" }, "Maintenance began: primary."],
    ["error", expect.objectContaining({ event: "circuit-half-opened" }), "Half open!"],
  ])
})

test("a circuit that flaps is told six times a minute, then how it stands; another one is told as ever", async () => {
  const { clock, told, emit, targets } = opened()
  for (let turn = 0; turn < 50; turn++) {
    emit(circuit("opened"), change(targets[0]))
    emit(circuit("closed"), change(targets[0]))
  }
  emit(circuit("opened"), change(targets[1]))
  expect(told).toHaveLength(7)
  await clock.advance(60_000)
  expect(told.slice(7)).toEqual([
    [
      "info",
      expect.objectContaining({ event: "circuit-closed", leftOut: 93 }),
      expect.stringMatching(/^A circuit closed: /),
    ],
  ])
})

test("what is held back when the pipeline closes is told", async () => {
  const { pipeline, told, emit, targets } = opened({ flappingLines: 1 })
  emit(circuit("opened"), change(targets[0]))
  emit(circuit("closed"), change(targets[0]))
  await pipeline.close()
  expect(told.map(([, fields]) => (fields as { event: string }).event)).toEqual([
    "circuit-opened",
    "circuit-closed",
  ])
})

describe("a logger", () => {
  const refuse = (): never => {
    throw new Error("disk full")
  }
  test.each([
    ["throws", refuse],
    ["rejects", () => Promise.reject(new Error("disk full"))],
    ["never settles", () => new Promise(() => {})],
  ])("that %s changes nothing, and is told of once at most", async (_, write) => {
    const { logger } = remembering({ debug: write, info: write, warn: write, error: write })
    const { ask, primary, pipeline, clock } = stageOf({ use: [logging({ logger, level: "debug" })] })
    const faults: string[] = []
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    for (let turn = 0; turn < 20; turn++) expect((await ask({ stream: turn % 2 === 0 })).ok).toBe(true)
    await clock.advance(120_000)
    expect(primary.requests).toHaveLength(20)
    expect(faults).toEqual(write.length === 0 && _ === "never settles" ? [] : ["logging"])
  })
})

test.each([
  [{}, "logging.logger is missing"],
  [{ logger: { info() {} } }, "logging.logger must be a logger with the methods info, warn and error"],
  [{ logger: console, level: "trace" }, "logging.level"],
  [{ logger: console, also: ["x"] }, "logging.also[0] must be an event"],
])("wrong options such as %j are refused in a sentence", (options, words) => {
  expect(() => logging(options as never)).toThrow(words)
})
