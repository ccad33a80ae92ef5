import { getEventListeners } from "node:events"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import type { Place } from "./admission.ts"
import type { Context } from "./context.ts"
import { createBoard } from "./create-board.ts"
import { createEventBus, ListenerFailed } from "./event.ts"
import type { Target } from "./target.ts"
import { available } from "./verdict.ts"
import type { Verdict } from "./verdict.ts"

const target = (endpoint: string, key: string): Target => ({
  id: `${endpoint}/${key}`,
  endpoint,
  key,
  tier: 0,
  weight: 1,
  prefill: false,
})

const [a1, a2, b1] = [target("a", "1"), target("a", "2"), target("b", "1")] as const

const down = (untilMs?: number): Verdict => ({
  status: "unavailable",
  reason: "it is down",
  ...(untilMs !== undefined && { untilMs }),
})
const slow: Verdict = { status: "degraded", reason: "it is slow" }

function setUp() {
  const clock = virtualClock()
  const faults: unknown[] = []
  const events = createEventBus()
  events.on(ListenerFailed, (fault) => faults.push(fault))
  const board = createBoard(clock, [a1, a2, b1], events)
  return { clock, board, faults, breaker: board.from("breaker"), health: board.from("health") }
}

describe("a verdict", () => {
  test("covers the endpoint, the key or the model it speaks of, and nothing else", () => {
    const { board, breaker } = setUp()
    breaker.say({ endpoint: "a", key: "1", model: "m" }, down())
    expect(board.read(a1, "m")).toEqual(down())
    expect(board.read(a1, "other")).toEqual(available)
    expect(board.read(a1, undefined)).toEqual(available)
    expect(board.read(a2, "m")).toEqual(available)
    breaker.say({ endpoint: "a" }, down())
    expect(board.read(a2, "other")).toEqual(down())
    expect(board.read(b1, "m")).toEqual(available)
  })

  test("stands until its plugin takes it back; another's stays", () => {
    const { board, breaker, health } = setUp()
    breaker.say({ endpoint: "a" }, down())
    health.say({ endpoint: "a" }, slow)
    expect(board.read(a1, "m")).toEqual(down())
    breaker.say({ endpoint: "a" }, available)
    expect(board.read(a1, "m")).toEqual(slow)
    expect(board.statements()).toEqual([{ source: "health", scope: { endpoint: "a" }, verdict: slow }])
  })

  test("is over when its time has come, whoever looks", async () => {
    const { clock, board, breaker } = setUp()
    breaker.say({ endpoint: "a" }, down(100))
    await clock.advance(99)
    expect(board.statements()).toHaveLength(1)
    expect(board.read(a1, "m")).toEqual(down(100))
    await clock.advance(1)
    expect(board.statements()).toEqual([])
    expect(board.read(a1, "m")).toEqual(available)
  })

  test("that is worse wins: the later end, one without an end, a park", () => {
    const { board, breaker, health } = setUp()
    const park: Verdict = { ...down(50), parked: true } as Verdict
    for (const [lesser, worse] of [
      [slow, down(10)],
      [down(10), down(20)],
      [down(20), down()],
      [down(), park],
    ] as const)
      for (const [first, second] of [
        [lesser, worse],
        [worse, lesser],
      ] as const) {
        breaker.say({ endpoint: "a" }, first)
        health.say({ endpoint: "a" }, second)
        expect(board.read(a1, "m")).toEqual(worse)
      }
  })
})

test("a veto stays one beside whatever is worse", () => {
  const { board, breaker, health } = setUp()
  breaker.say({ endpoint: "a" }, { ...down(10), veto: true } as Verdict)
  health.say({ endpoint: "a" }, down(50))
  expect(board.read(a1, "m")).toEqual({ ...down(50), veto: true })
})

test("a line stays one beside another word of rate limits, not beside anything else", () => {
  const { board, breaker, health } = setUp()
  const throttled = (untilMs: number): Verdict => ({ ...down(untilMs), throttled: true }) as Verdict
  breaker.say({ endpoint: "a" }, { ...throttled(10), lineMs: 30 } as Verdict)
  health.say({ endpoint: "a" }, throttled(50))
  expect(board.read(a1, "m")).toEqual({ ...throttled(50), lineMs: 30 })
  health.say({ endpoint: "a" }, down(50))
  expect(board.read(a1, "m")).toEqual(down(50))
})

describe("an admission", () => {
  test("is heard through its peek", () => {
    const { board } = setUp()
    board.admit("permit", {
      peek: ({ endpoint }) => (endpoint === "b" ? slow : available),
      take: () => undefined,
    })
    expect(board.read(b1, "m")).toEqual(slow)
    expect(board.statements()).toEqual([
      { source: "permit", scope: { endpoint: "b", key: "1" }, verdict: slow },
    ])
  })

  test("whose peek throws or says nothing stops no traffic and is told of", () => {
    const { board, faults, breaker } = setUp()
    breaker.say({ endpoint: "b" }, slow)
    board.admit("thrower", {
      peek() {
        throw new Error("peek bug")
      },
      take: () => undefined,
    })
    board.admit("silent", { peek: () => undefined as never, take: () => undefined })
    expect(board.read(a1, "m")).toEqual(available)
    expect(board.read(b1, "m")).toEqual(slow)
    expect(board.statements()).toHaveLength(1)
    expect(faults).toEqual([{ event: "thrower admission", error: new Error("peek bug") }])
  })
})

describe("a change", () => {
  test("wakes who waits for it", async () => {
    const { breaker, health } = setUp()
    const waits = [breaker.changed(), health.changed()]
    breaker.say({ endpoint: "a" }, slow)
    await expect(Promise.all(waits)).resolves.toBeDefined()
  })

  test("is also a touch, and is not a verdict taken back that never stood", async () => {
    const { board, breaker } = setUp()
    let woken = 0
    void breaker.changed().then(() => woken++)
    breaker.say({ endpoint: "a" }, available)
    await Promise.resolve()
    expect(woken).toBe(0)
    board.touch()
    await Promise.resolve()
    expect(woken).toBe(1)
  })

  test("is waited for no longer than the signal lasts", async () => {
    const { breaker } = setUp()
    const reason = new Error("enough")
    await expect(breaker.changed(AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const wait = breaker.changed(controller.signal)
    controller.abort(reason)
    await expect(wait).rejects.toBe(reason)
  })

  test("leaves no listener on the signal of who waited for it", async () => {
    const { board, breaker } = setUp()
    const { signal } = new AbortController()
    const wait = breaker.changed(signal)
    board.touch()
    await wait
    expect(getEventListeners(signal, "abort")).toHaveLength(0)
  })
})

describe("a place in line", () => {
  const context = {} as Context
  const place = (): Place => ({ turn: Promise.resolve(true), leave: () => {} })

  test("comes from the first admission that has one", () => {
    const { board, breaker } = setUp()
    const given = place()
    expect(breaker.line(a1, context)).toBeUndefined()
    board.admit("without", { take: () => undefined })
    board.admit("full", { take: () => undefined, line: () => undefined })
    board.admit("limit", { take: () => undefined, line: (where) => (where === a1 ? given : undefined) })
    board.admit("later", { take: () => undefined, line: place })
    expect(breaker.line(a1, context)).toBe(given)
    expect(breaker.line(b1, context)).not.toBe(given)
  })

  test("is not had of one that throws, which is told once", () => {
    const { board, breaker, faults } = setUp()
    board.admit("broken", {
      take: () => undefined,
      line: () => {
        throw new Error("no line")
      },
    })
    expect([breaker.line(a1, context), breaker.line(a1, context)]).toEqual([undefined, undefined])
    expect(faults).toHaveLength(1)
  })
})
