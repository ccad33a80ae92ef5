import { Readable } from "node:stream"
import { setTimeout as realSleep } from "node:timers/promises"
import { integer, array, assert, asyncProperty } from "fast-check"
import { describe, expect, test } from "vitest"
import { seededRandom } from "@bellwether/core"
import { virtualClock, type VirtualClock } from "./virtual-clock.ts"

describe("time", () => {
  test("starts where it is told and moves only when driven", async () => {
    const clock = virtualClock({ startMs: 500, date: Date.UTC(2026, 10, 23) })
    await realSleep(2)
    expect(clock.now()).toBe(500)
    await clock.advance(1000)
    expect(clock.now()).toBe(1500)
    expect(clock.date()).toBe(Date.UTC(2026, 10, 23, 0, 0, 1))
  })

  test("passes between timers without passing over any", async () => {
    const clock = virtualClock()
    const fired: [string, number][] = []
    clock.after(30, () => fired.push(["c", clock.now()]))
    clock.after(10, () => fired.push(["a", clock.now()]))
    clock.after(20, () => fired.push(["b", clock.now()]))
    await clock.advance(20)
    expect(fired).toEqual([
      ["a", 10],
      ["b", 20],
    ])
    expect(clock.pending).toBe(1)
    await clock.run()
    expect(fired.at(-1)).toEqual(["c", 30])
    expect(clock.pending).toBe(0)
  })

  test("fires timers of one moment in the order they were armed", async () => {
    const clock = virtualClock()
    const fired: string[] = []
    const first = clock.after(10, () => fired.push("first"))
    clock.after(10, () => fired.push("second"))
    first.rearm(10)
    await clock.run()
    expect(fired).toEqual(["second", "first"])
  })

  test("never fires what is infinitely far away", async () => {
    const clock = virtualClock()
    clock.after(Infinity, () => expect.unreachable())
    await clock.run()
    expect(clock.now()).toBe(0)
  })
})

const history = async (): Promise<string> => {
  const clock = virtualClock()
  const random = seededRandom("order")
  const events: string[] = []
  const worker = async (id: number): Promise<void> => {
    const chance = random.stream(id)
    for (let step = 0; step < 10; step++) {
      await clock.sleep(Math.floor(chance.next() * 5))
      events.push(`${id}@${clock.now()}`)
    }
  }
  await clock.runUntil(Promise.all(Array.from({ length: 20 }, (_, id) => worker(id))))
  return events.join()
}

describe("real asynchronous code", () => {
  test("is finished before time goes on, however many promises, ticks and immediates it takes", async () => {
    const clock = virtualClock()
    const work = async (): Promise<number> => {
      await clock.sleep(10)
      for (let step = 0; step < 20; step++) {
        await Promise.resolve()
        await new Promise<void>((resolve) => process.nextTick(resolve))
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
      return clock.now()
    }
    clock.after(11, () => {})
    expect(await clock.runUntil(work())).toBe(10)
  })

  test("may be a web stream with a pull that sleeps", async () => {
    const clock = virtualClock()
    let left = 50
    const stream = new ReadableStream<string>({
      async pull(controller) {
        await clock.sleep(20)
        if (left-- > 0) controller.enqueue("x")
        else controller.close()
      },
    })
    const text = await clock.runUntil(new Response(stream.pipeThrough(new TextEncoderStream())).text())
    expect(text).toBe("x".repeat(50))
    expect(clock.now()).toBe(51 * 20)
  })

  test("may be a node stream", async () => {
    const clock = virtualClock()
    const source = async function* (): AsyncGenerator<string> {
      for (let line = 0; line < 5; line++) {
        await clock.sleep(100)
        yield `${line}`
      }
    }
    const arrivals: number[] = []
    const read = async (): Promise<void> => {
      for await (const _ of Readable.from(source())) arrivals.push(clock.now())
    }
    await clock.runUntil(read())
    expect(arrivals).toEqual([100, 200, 300, 400, 500])
  })

  test("sees the same order of events in every run", async () => {
    expect(await history()).toBe(await history())
  })
})

describe("runUntil", () => {
  test("stops at the moment the promise settles", async () => {
    const clock = virtualClock()
    clock.after(100, () => expect.unreachable())
    await clock.runUntil(clock.sleep(99))
    expect(clock.now()).toBe(99)
    expect(clock.pending).toBe(1)
  })

  test("rejects with what the promise rejects with", async () => {
    const clock = virtualClock()
    const failing = clock.sleep(5).then(() => Promise.reject(new Error("over")))
    await expect(clock.runUntil(failing)).rejects.toThrow("over")
  })

  test("says which promise can not settle any more", async () => {
    const clock = virtualClock()
    const stuck = clock.sleep(5).then(() => new Promise(() => {}))
    await expect(clock.runUntil(stuck, "The call to provider a")).rejects.toThrow(
      "The call to provider a can not settle any more",
    )
  })

  test("throws what a timer throws", async () => {
    const clock = virtualClock()
    clock.after(1, () => {
      throw new Error("from a timer")
    })
    await expect(clock.runUntil(clock.sleep(2))).rejects.toThrow("from a timer")
    await clock.run()
    expect(clock.now()).toBe(2)
  })

  test("refuses to be driven twice at once", async () => {
    const clock = virtualClock()
    const first = clock.runUntil(clock.sleep(5))
    await expect(clock.advance(1)).rejects.toThrow("already driven")
    await first
  })
})

test("two clocks are driven side by side, each in its own time", async () => {
  const [fast, slow] = [virtualClock(), virtualClock()]
  const work = async (clock: VirtualClock, stepMs: number): Promise<number> => {
    for (let step = 0; step < 100; step++) await clock.sleep(stepMs)
    return clock.now()
  }
  const ends = [fast.runUntil(work(fast, 1)), slow.runUntil(work(slow, 1000))]
  expect(await Promise.all(ends)).toEqual([100, 100_000])
})

describe("work outside the clock", () => {
  test("holds time until it is done", async () => {
    const clock = virtualClock()
    const work = async (): Promise<number> => {
      await clock.sleep(10)
      await clock.external(realSleep(5))
      return clock.now()
    }
    clock.after(11, () => {})
    expect(await clock.runUntil(work())).toBe(10)
  })

  test("holds time also when it fails", async () => {
    const clock = virtualClock()
    const failure = clock.external(realSleep(2).then(() => Promise.reject(new Error("outside"))))
    await expect(clock.runUntil(failure)).rejects.toThrow("outside")
    expect(clock.now()).toBe(0)
  })

  test("does not hold a promise that settles without it", async () => {
    const clock = virtualClock()
    void clock.external(new Promise(() => {}))
    expect(await clock.runUntil(Promise.resolve("done"))).toBe("done")
  })
})

test("ten thousand cancelled timers leave nothing behind", async () => {
  const clock = virtualClock()
  const timers = Array.from({ length: 10_000 }, (_, index) => clock.after(index, () => expect.unreachable()))
  for (const timer of timers) timer.cancel()
  expect(clock.pending).toBe(0)
  await clock.run()
  expect(clock.now()).toBe(0)
})

test("any mix of arming, cancelling and re-arming fires what is left, in order", async () => {
  const step = array(integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 3 })
  await assert(
    asyncProperty(array(step, { maxLength: 60 }), async (steps) => {
      const clock = virtualClock()
      const fired: number[] = []
      const due = new Map<number, { atMs: number; order: number }>()
      const timers = Array.from({ length: 8 }, (_, id) => clock.after(1000, () => fired.push(id)))
      for (const timer of timers) timer.cancel()
      let order = 0
      for (const [which = 0, what = 0, delayMs = 0] of steps) {
        const id = which % timers.length
        if (what % 3 === 0) {
          timers[id]?.cancel()
          due.delete(id)
        } else {
          timers[id]?.rearm(delayMs)
          due.set(id, { atMs: delayMs, order: order++ })
        }
      }
      expect(clock.pending).toBe(due.size)
      await clock.run()
      const expected = [...due].toSorted(([, a], [, b]) => a.atMs - b.atMs || a.order - b.order)
      expect(fired).toEqual(expected.map(([id]) => id))
    }),
  )
})
