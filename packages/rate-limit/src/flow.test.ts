import { describe, expect, test } from "vitest"
import { answered, begun, ended, lined, relaxed, throttled } from "./flow-changes.ts"
import { isHeld, missingRoom, readyAtMs, still } from "./flow.ts"
import type { Flow, FlowRules, Permit } from "./flow.ts"

const rules: FlowRules = { concurrency: { start: 8, max: 256 }, waitsForThrottle: false }
const cost = { requests: 1, tokens: 0 }

/** With so many attempts more, and what they hold. */
function withMore(flow: Flow, attempts: number): { readonly flow: Flow; readonly permit: Permit } {
  let more = flow
  for (let attempt = 0; attempt < attempts; attempt++) more = begun(more, cost, 0)
  return { flow: more, permit: { cost, generation: flow.generation, sinceMs: 0 } }
}

/** With one that was answered, and is over. */
const done = (flow: Flow, permit: Permit, nowMs: number): Flow =>
  ended(answered(flow, permit, nowMs, rules), permit, undefined, true, nowMs)

describe("law 5: an outcome belongs to the state that admitted it", () => {
  const { flow, permit } = withMore(still([], rules), 8)
  const after = throttled(flow, permit, 1_000, rules)

  test("a second throttle of those that were under way lowers nothing", () => {
    expect(after.concurrency.limit).toBe(5)
    expect(throttled(after, permit, 1_100, rules)).toBe(after)
  })

  test("a success of those that were under way makes no place for more", () => {
    expect(answered(after, permit, 1_100, rules)).toBe(after)
  })

  test("only those begun since are waited for before more may try", () => {
    const emptied = Array.from({ length: 8 }).reduce<Flow>(
      (left) => ended(left, permit, 0, false, 1_100),
      after,
    )
    expect([emptied.inFlight, emptied.unanswered]).toEqual([0, 0])
    const trying = withMore(emptied, 1)
    expect(missingRoom(trying.flow, 1, 2_000)).toBe(1)
    expect(missingRoom(done(trying.flow, trying.permit, 2_000), 2, 2_000)).toBe(0)
  })
})

describe("a pace", () => {
  /** Throttled, then one second with a line in which so many were answered, then throttled again. */
  const pressed = (answers: number): Flow => {
    const first = withMore(still([], rules), 1)
    let flow = throttled(first.flow, first.permit, 0, rules)
    flow = lined(ended(flow, first.permit, 0, false, 0), true, 0)
    for (let answer = 0; answer < answers; answer++) {
      const one = withMore(flow, 1)
      flow = done(one.flow, one.permit, 500)
    }
    const last = withMore(flow, 1)
    return throttled(last.flow, last.permit, 1_000, rules)
  }

  test("is learnt from what was answered while there was a line", () => {
    expect((pressed(10).pace?.bucket.perMs ?? 0) * 1_000).toBeCloseTo(7)
  })

  test("is not learnt where nothing was answered", () => {
    expect(pressed(0).pace).toBeUndefined()
  })

  test("holds the next back", () => {
    const one = withMore(pressed(10), 1)
    expect(readyAtMs({ ...one.flow, unanswered: 0 }, cost, 1_000)).toBeCloseTo(1_000 + 1_000 / 7)
  })
})

describe("who waits for a throttle", () => {
  const waiting: FlowRules = { ...rules, waitsForThrottle: true }
  const { flow, permit } = withMore(still([], waiting), 100)

  test("is not held before it, and for ten minutes after", () => {
    expect(isHeld(flow, 0)).toBe(false)
    const after = throttled(flow, permit, 1_000, waiting)
    expect([1_000, 600_999, 601_000].map((nowMs) => isHeld(after, nowMs))).toEqual([true, true, false])
    expect(after.concurrency.limit).toBe(70)
  })

  test("is not held for longer because somebody waits: they go one by one at first", () => {
    const after = lined(throttled(flow, permit, 1_000, waiting), true, 600_000)
    expect(readyAtMs({ ...after, unanswered: 1 }, cost, 600_000)).toBe(601_000)
    const over = relaxed(after, 601_000)
    expect([isHeld(over, 601_000), missingRoom(over, 2, 601_000)]).toEqual([false, 1])
    expect(relaxed(lined(over, false, 700_000), 700_000).concurrency.trials).toBe(Infinity)
  })

  test("forgets after that what it had found out", () => {
    const after = throttled(flow, permit, 1_000, waiting)
    const later = throttled(relaxed(after, 700_000), { cost, generation: 1, sinceMs: 0 }, 700_000, waiting)
    expect(later.concurrency.limit).toBe(70)
  })
})
