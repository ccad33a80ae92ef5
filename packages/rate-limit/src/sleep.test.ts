import { describe, expect, test } from "vitest"
import { fates, fine, patient, stageOf, throttle } from "../test/stage.ts"
import { freshMemory } from "./flow-memory.ts"
import type { FlowMemory } from "./flow-memory.ts"
import { LiveFlow } from "./live-flow.ts"
import { readOptions } from "./options.ts"

const target = { id: "alpha/main", endpoint: "alpha", key: "main", tier: 0, weight: 1, prefill: false }
const cost = { requests: 1, tokens: 0 }
const throttled = {
  health: "neutral",
  durationMs: 500,
  failure: { class: "rate-limited", code: "rate-limited", message: "" },
} as const
const answered = { health: "success", durationMs: 500 } as const

/** A flow that waits for a throttle, and a clock turned by hand. */
function flowOf(limits: readonly { endpoint: string; requestsPerMinute: number }[] = []) {
  const time = { nowMs: 0 }
  const rules = readOptions({ actsFrom: "first-throttle", limits })
  const memory: FlowMemory = freshMemory(target, "m", rules, 0)
  const services = {
    clock: { now: () => time.nowMs },
    random: { next: () => 0 },
    emit: () => {},
    blocks: { untilMs: () => 0, add: () => {} },
    rules,
  }
  const flow = new LiveFlow(target, "m", services as never, memory)
  const throttleNow = (): void => {
    const permit = flow.begin(cost)
    flow.wake()
    flow.end(permit, throttled, false, flow.heard(permit))
  }
  return { time, flow, throttleNow }
}

describe("what was found out is forgotten ten minutes after a throttle, and nothing counts any more", () => {
  test("until then everything does", () => {
    const { time, flow, throttleNow } = flowOf()
    expect(flow.isAsleep).toBe(true)
    throttleNow()
    time.nowMs = 599_999
    flow.relax()
    expect([flow.isAsleep, flow.isHeld]).toEqual([false, true])
    time.nowMs = 600_000
    flow.relax()
    expect([flow.isAsleep, flow.isHeld, flow.inFlight]).toEqual([true, false, 0])
  })

  test("but not while somebody waits", () => {
    const { time, flow, throttleNow } = flowOf()
    throttleNow()
    flow.lined(true)
    time.nowMs = 600_000
    flow.relax()
    expect([flow.isAsleep, flow.isHeld, flow.isTrying]).toEqual([false, false, true])
    flow.lined(false)
    flow.relax()
    expect(flow.isAsleep).toBe(true)
  })

  test("and not where limits are known beforehand", () => {
    const { time, flow, throttleNow } = flowOf([{ endpoint: "alpha", requestsPerMinute: 60 }])
    throttleNow()
    time.nowMs = 600_000
    flow.relax()
    expect([flow.isAsleep, flow.isHeld, flow.isTrying]).toEqual([false, false, false])
  })

  test("who was under way all the time is still counted once, and counts for the next throttle", () => {
    const { time, flow, throttleNow } = flowOf()
    throttleNow()
    const old = flow.begin(cost)
    const other = flow.begin(cost)
    time.nowMs = 600_000
    flow.relax()
    const young = flow.begin(cost)
    expect(flow.inFlight).toBe(3)
    flow.answered(old)
    flow.end(old, answered, true, flow.heard(old))
    expect([flow.inFlight, flow.isAsleep]).toEqual([2, true])
    flow.wake()
    flow.end(other, throttled, false, flow.heard(other))
    expect([flow.inFlight, flow.isHeld]).toEqual([1, true])
    flow.end(young, answered, false, flow.heard(young))
    expect([flow.inFlight, flow.memory.flow.unheard]).toEqual([0, { requests: 0, tokens: 0 }])
  })
})

test("a line that a hold has left behind goes on one by one, and then all at once", async () => {
  const stage = stageOf({
    use: [patient],
    actsFrom: "first-throttle",
    maxWaitMs: 120_000,
    answers: (number) =>
      number === 0
        ? throttle({ "retry-after": "1" })
        : fine({ "x-ratelimit-limit": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" }),
  })
  await stage.ask()
  await stage.clock.advance(598_000)
  await stage.ask()
  expect(fates(await stage.many(100))).toEqual({ answered: 100 })
  expect(stage.clock.now()).toBeLessThan(606_000)
  const waves = [...Map.groupBy(stage.requests.slice(2), ({ atMs }) => atMs).values()].map(
    ({ length }) => length,
  )
  expect(waves.slice(0, 4)).toEqual([1, 2, 4, 8])
  expect(stage.clock.pending).toBe(0)
})
