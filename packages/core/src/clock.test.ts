import { getEventListeners } from "node:events"
import { virtualClock } from "@bellwether/testing"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { systemClock, type Clock } from "./clock.ts"

interface Driven {
  readonly clock: Clock
  readonly pass: (ms: number) => Promise<unknown>
}

const driven: Readonly<Record<string, () => Driven>> = {
  "the system clock": () => ({ clock: systemClock, pass: (ms) => vi.advanceTimersByTimeAsync(ms) }),
  "a virtual clock": () => {
    const clock = virtualClock()
    return { clock, pass: (ms) => clock.advance(ms) }
  },
}

describe.each(Object.entries(driven))("%s", (_name, create) => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  test("wakes a sleeper on time", async () => {
    const { clock, pass } = create()
    let isAwake = false
    void clock.sleep(100).then(() => (isAwake = true))
    await pass(99)
    expect(isAwake).toBe(false)
    await pass(1)
    expect(isAwake).toBe(true)
  })

  test.each([0, -5])("a sleep of %d ms yields before it resolves", async (ms) => {
    const { clock, pass } = create()
    let isAwake = false
    const asleep = clock.sleep(ms).then(() => (isAwake = true))
    await Promise.resolve()
    expect(isAwake).toBe(false)
    await pass(1)
    await asleep
  })

  test("a sleep with an aborted signal rejects with its reason and arms nothing", async () => {
    const { clock } = create()
    const reason = new Error("too late")
    await expect(clock.sleep(100, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  test("an abort ends a sleep at once, and neither timer nor listener stays", async () => {
    const { clock } = create()
    const controller = new AbortController()
    const asleep = clock.sleep(100, controller.signal)
    controller.abort("stop")
    await expect(asleep).rejects.toBe("stop")
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(controller.signal, "abort")).toEqual([])
  })

  test("a sleeper that wakes takes its listener along", async () => {
    const { clock, pass } = create()
    const { signal } = new AbortController()
    const asleep = clock.sleep(100, signal)
    await pass(100)
    await asleep
    expect(getEventListeners(signal, "abort")).toEqual([])
  })

  test("a timer fires once, unless it was cancelled", async () => {
    const { clock, pass } = create()
    const fired: string[] = []
    clock.after(10, () => fired.push("kept"))
    clock.after(10, () => fired.push("cancelled")).cancel()
    await pass(50)
    expect(fired).toEqual(["kept"])
  })

  test("re-arming moves a timer, by the same delay or another", async () => {
    const { clock, pass } = create()
    let fired = 0
    const timer = clock.after(10, () => fired++)
    await pass(9)
    timer.rearm(10)
    await pass(9)
    timer.rearm(20)
    await pass(19)
    expect(fired).toBe(0)
    await pass(1)
    expect(fired).toBe(1)
  })

  test("a timer can be armed again after it fired and after it was cancelled", async () => {
    const { clock, pass } = create()
    let fired = 0
    const timer = clock.after(10, () => fired++)
    await pass(10)
    timer.rearm(10)
    await pass(10)
    expect(fired).toBe(2)
    timer.cancel()
    timer.cancel()
    timer.rearm(10)
    await pass(10)
    expect(fired).toBe(3)
  })

  test("a delay longer than a runtime can wait does not fire early", async () => {
    const { clock, pass } = create()
    const longMs = 2 ** 31 + 1000
    let fired = 0
    clock.after(longMs, () => fired++)
    clock.after(Infinity, () => expect.unreachable())
    await pass(longMs - 1)
    expect(fired).toBe(0)
    await pass(1)
    expect(fired).toBe(1)
  })

  test("a long delay can be cancelled and shortened", async () => {
    const { clock, pass } = create()
    let fired = 0
    const timer = clock.after(2 ** 32, () => fired++)
    await pass(2 ** 31)
    timer.rearm(2 ** 31)
    timer.rearm(5)
    await pass(5)
    expect(fired).toBe(1)
  })

  test("work outside comes back as it is", async () => {
    const { clock } = create()
    const promise = Promise.resolve("done")
    await expect(clock.external(promise)).resolves.toBe("done")
  })
})

/** Timers that keep this process alive. */
const waiting = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length

describe("a process", () => {
  test("is not warned of a delay that is over already", async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on("warning", note)
    await new Promise<void>((resolve) => void systemClock.after(-5, resolve))
    process.off("warning", note)
    expect(warnings).toEqual([])
  })

  test("is not kept alive by a timer, also when it was re-armed", () => {
    const before = waiting()
    const timer = systemClock.after(60_000, () => {})
    timer.rearm(60_000)
    timer.rearm(30_000)
    expect(waiting()).toBe(before)
    timer.cancel()
  })

  test("is kept alive by a sleep, which somebody awaits, and let go by its abort", async () => {
    const before = waiting()
    const controller = new AbortController()
    const asleep = systemClock.sleep(60_000, controller.signal)
    expect(waiting()).toBe(before + 1)
    controller.abort("stop")
    await expect(asleep).rejects.toBe("stop")
    expect(waiting()).toBe(before)
  })
})

test("the system clock goes forward and knows the date", () => {
  const before = systemClock.now()
  expect(systemClock.now()).toBeGreaterThanOrEqual(before)
  expect(Math.abs(systemClock.date() - Date.now())).toBeLessThan(60_000)
})
