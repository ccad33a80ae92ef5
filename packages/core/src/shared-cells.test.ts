import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { memoryStore } from "./memory-store.ts"
import { createCells, type SharedOptions } from "./shared-cells.ts"
import { LearntState } from "./state.ts"
import type { Store } from "./store.ts"

const highest: SharedOptions<number> = { initial: 0, merge: Math.max }

/** A store that counts, and several processes on it. */
const fleet = () => {
  const clock = virtualClock()
  const sound = memoryStore({ clock })
  const asked: string[] = []
  let fault: (() => Promise<never>) | undefined
  const store: Store = {
    ...sound,
    get(key) {
      asked.push(`get ${key}`)
      return fault?.() ?? sound.get(key)
    },
    swap(key, expected, value, options) {
      asked.push(`swap ${key} ${expected} ${value} ${options?.ttlMs}`)
      return fault?.() ?? sound.swap(key, expected, value, options)
    },
  }
  const controller = new AbortController()
  let changes = 0
  return {
    clock,
    sound,
    asked,
    controller,
    get changes() {
      return changes
    },
    break_(next: (() => Promise<never>) | undefined) {
      fault = next
    },
    join: () =>
      createCells({
        state: new LearntState(),
        store,
        clock,
        signal: controller.signal,
        onChange: () => void changes++,
      }),
  }
}

describe("without a store", () => {
  const cells = createCells({
    state: new LearntState(),
    clock: virtualClock(),
    signal: new AbortController().signal,
  })

  test("a cell is a variable", () => {
    const cell = cells.shared("variable", highest)
    expect(cell.get()).toBe(0)
    cell.set(7)
    expect(cell.get()).toBe(7)
    cell.set(3)
    expect(cell.get()).toBe(3)
  })

  test("the same key is the same cell, with the options of its first use", () => {
    cells.shared("same", highest).set(7)
    expect(cells.shared("same", { initial: 100, merge: Math.min }).get()).toBe(7)
    expect(cells.shared("other", highest).get()).toBe(0)
  })

  test("there is nobody to hear from", () => {
    const cell = cells.shared("quiet", highest)
    const unlisten = cell.onChange(() => expect.unreachable())
    cell.set(1)
    cells.refresh()
    unlisten()
  })
})

describe("with a store", () => {
  test("a write is there at once, and at the others soon", async () => {
    const { clock, join } = fleet()
    const [a, b] = [join().shared("key", highest), join().shared("key", highest)]
    a.set(7)
    expect([a.get(), b.get()]).toEqual([7, 0])
    await clock.run()
    expect([a.get(), b.get()]).toEqual([7, 7])
  })

  test("the same key is the same cell here too", async () => {
    const { clock, join } = fleet()
    const cells = join()
    cells.shared("key", highest).set(7)
    expect(cells.shared("key", highest).get()).toBe(7)
    await clock.run()
  })

  test("a process that comes later reads what is there, once", async () => {
    const { clock, join, asked } = fleet()
    join().shared("key", highest).set(7)
    await clock.run()
    asked.length = 0
    const late = join().shared("key", highest)
    await clock.run()
    expect(late.get()).toBe(7)
    expect(asked).toEqual(["get cell:key"])
  })

  test("views that differ become one by their merge", async () => {
    const { clock, join } = fleet()
    const [a, b] = [join().shared("key", highest), join().shared("key", highest)]
    a.set(7)
    b.set(9)
    await clock.run()
    expect([a.get(), b.get()]).toEqual([9, 9])
  })

  test("the hot path neither serialises nor asks the store", async () => {
    const { clock, join, asked } = fleet()
    let serialised = 0
    const cell = join().shared<{ toJSON?(): unknown }>("key", { initial: {}, merge: (a) => a })
    await clock.run()
    asked.length = 0
    cell.set({ toJSON: () => ({ serialised: ++serialised }) })
    expect([serialised, asked.length]).toEqual([0, 0])
    await clock.run()
    expect(asked).toHaveLength(1)
  })

  test("the writes of one tick, and those during a flush, become one", async () => {
    const { clock, join, asked } = fleet()
    const cell = join().shared("key", highest)
    await clock.run()
    asked.length = 0
    for (let value = 1; value <= 100; value++) cell.set(value)
    await Promise.resolve()
    await Promise.resolve()
    for (let value = 101; value <= 200; value++) cell.set(value)
    await clock.run()
    expect(asked).toEqual(["swap cell:key undefined 100 undefined", "swap cell:key 100 200 undefined"])
  })

  test("what the fleet knows is never taken back", async () => {
    const { clock, join, sound } = fleet()
    const [a, b] = [join().shared("key", highest), join().shared("key", highest)]
    a.set(7)
    await clock.run()
    b.set(3)
    await clock.run()
    expect([a.get(), b.get(), (await sound.get("cell:key"))?.value]).toEqual([7, 7, "7"])
  })

  test("a value that is already there is not written again", async () => {
    const { clock, join, asked } = fleet()
    const cell = join().shared("key", highest)
    cell.set(7)
    await clock.run()
    asked.length = 0
    cell.set(7)
    await clock.run()
    expect(asked).toEqual([])
  })

  test("the store is told how long to remember", async () => {
    const { clock, join, sound } = fleet()
    join()
      .shared("key", { ...highest, ttlMs: 5000 })
      .set(7)
    await clock.run()
    expect(await sound.get("cell:key")).toEqual({ value: "7", ttlMs: 5000 })
  })

  test("a store that has forgotten is told again at the next write", async () => {
    const { clock, join, sound } = fleet()
    const cell = join().shared("key", { ...highest, ttlMs: 5000 })
    cell.set(7)
    await clock.advance(6000)
    expect(cell.get()).toBe(7)
    cell.set(8)
    await clock.run()
    expect((await sound.get("cell:key"))?.value).toBe("8")
  })

  test.each(["no JSON", '{"a":', "", "undefined"])(
    "what can not be read (%j) is ignored and replaced",
    async (garbage) => {
      const { clock, join, sound } = fleet()
      await sound.swap("cell:key", undefined, garbage)
      const cell = join().shared("key", highest)
      await clock.run()
      expect(cell.get()).toBe(0)
      cell.set(7)
      await clock.run()
      expect(await sound.get("cell:key")).toEqual({ value: "7" })
    },
  )

  test("a value the merge can not take is ignored and replaced", async () => {
    const { clock, join, sound } = fleet()
    await sound.swap("cell:key", undefined, "null")
    const options = {
      initial: { until: 0 },
      merge: (a: { until: number }, b: { until: number }) => (a.until > b.until ? a : b),
    }
    const cell = join().shared("key", options)
    await clock.run()
    expect(cell.get()).toEqual({ until: 0 })
    cell.set({ until: 7 })
    await clock.run()
    expect(await sound.get("cell:key")).toEqual({ value: '{"until":7}' })
  })
})

describe("a listener", () => {
  test("hears what the fleet changed, not what its own process set", async () => {
    const subject = fleet()
    const [a, b] = [subject.join().shared("key", highest), subject.join().shared("key", highest)]
    const [heardByA, heardByB]: [number[], number[]] = [[], []]
    a.onChange((value) => heardByA.push(value))
    b.onChange((value) => heardByB.push(value))
    await subject.clock.run()
    a.set(7)
    await subject.clock.run()
    b.set(3)
    await subject.clock.run()
    expect([heardByA, heardByB]).toEqual([[], [7, 7]])
    expect(subject.changes).toBe(2)
  })

  test("that throws keeps nobody from hearing", async () => {
    const { clock, join } = fleet()
    const [a, b] = [join().shared("key", highest), join().shared("key", highest)]
    const heard: number[] = []
    b.onChange(() => {
      throw new Error("from a listener")
    })
    b.onChange((value) => heard.push(value))
    a.set(7)
    await clock.run()
    expect(heard).toEqual([7])
  })

  test("that left hears nothing more", async () => {
    const { clock, join } = fleet()
    const [a, b] = [join().shared("key", highest), join().shared("key", highest)]
    b.onChange(() => expect.unreachable())()
    a.set(7)
    await clock.run()
    expect(b.get()).toBe(7)
  })
})

describe("a store that fails", () => {
  const down = (): Promise<never> => Promise.reject(new Error("down"))

  test("is asked once a second, however much is written meanwhile", async () => {
    const { clock, join, asked, break_ } = fleet()
    const cell = join().shared("key", highest)
    await clock.run()
    asked.length = 0
    break_(down)
    for (let tick = 1; tick <= 100; tick++) {
      cell.set(tick)
      await clock.advance(100)
    }
    expect(asked.length).toBeLessThanOrEqual(11)
    break_(undefined)
    const late = join().shared("key", highest)
    await clock.run()
    expect(late.get()).toBe(100)
    expect(clock.pending).toBe(0)
  })

  test("costs nothing that was written: the first read comes later", async () => {
    const { clock, join, break_, sound } = fleet()
    await sound.swap("cell:key", undefined, "7")
    break_(down)
    const cell = join().shared("key", highest)
    cell.set(3)
    await clock.advance(500)
    expect(cell.get()).toBe(3)
    break_(undefined)
    await clock.advance(500)
    expect(cell.get()).toBe(7)
  })

  test("is read anew when it is back, without waiting", async () => {
    const { clock, join, break_, sound } = fleet()
    const cells = join()
    const [idle, paused] = [cells.shared("idle", highest), cells.shared("paused", highest)]
    await clock.run()
    break_(down)
    paused.set(1)
    await clock.advance(0)
    await createSilently(sound, "cell:idle", "7")
    break_(undefined)
    cells.refresh()
    await clock.advance(0)
    expect([idle.get(), (await sound.get("cell:paused"))?.value]).toEqual([7, "1"])
  })

  test("or lies about every swap is not asked without end", async () => {
    const { clock, sound } = fleet()
    let swaps = 0
    const liar: Store = { ...sound, swap: async () => void swaps++ as unknown as boolean }
    const signal = new AbortController().signal
    const cell = createCells({ state: new LearntState(), store: liar, clock, signal }).shared("key", highest)
    cell.set(7)
    await clock.advance(500)
    expect(swaps).toBe(16)
  })
})

/** Writes as a process would whose changes are not told here. */
const createSilently = async (store: Store, key: string, value: string): Promise<void> => {
  await store.swap(key, undefined, value)
}

test("closing ends all work in the background", async () => {
  const { clock, join, asked, break_, controller } = fleet()
  const cells = join()
  const [cell, paused] = [cells.shared("key", highest), cells.shared("paused", highest)]
  await clock.run()
  break_(() => Promise.reject(new Error("down")))
  paused.set(1)
  await clock.advance(0)
  controller.abort()
  asked.length = 0
  break_(undefined)
  cell.set(7)
  cells.refresh()
  join().shared("other", highest)
  await clock.run()
  expect(asked).toEqual([])
  expect(clock.pending).toBe(0)
  expect(cell.get()).toBe(7)
})

describe("two pipelines of one state", () => {
  const open = (state: LearntState, store?: Store) => {
    const controller = new AbortController()
    let changes = 0
    const cells = createCells({
      state,
      store,
      clock: virtualClock(),
      signal: controller.signal,
      onChange: () => void changes++,
    })
    const close = (): void => controller.abort()
    return { cells, close, changes: () => changes }
  }

  test("see each other's writes at once, and are told of them", () => {
    const state = new LearntState()
    const [older, newer] = [open(state), open(state)]
    const [a, b] = [older.cells.shared("key", highest), newer.cells.shared("key", highest)]
    const [heardByA, heardByB]: [number[], number[]] = [[], []]
    a.onChange((value) => heardByA.push(value))
    b.onChange((value) => heardByB.push(value))
    a.set(7)
    b.set(3)
    expect([a.get(), b.get(), heardByA, heardByB]).toEqual([3, 3, [3], [7]])
    expect([older.changes(), newer.changes()]).toEqual([1, 1])
  })

  test("are told nothing once they are closed, but what they still write is seen", () => {
    const state = new LearntState()
    const [older, newer] = [open(state), open(state)]
    const [a, b] = [older.cells.shared("key", highest), newer.cells.shared("key", highest)]
    const heard: number[] = []
    a.onChange(() => expect.unreachable())
    b.onChange((value) => heard.push(value))
    older.close()
    older.cells.shared("late", highest).onChange(() => expect.unreachable())
    newer.cells.shared("late", highest).set(1)
    b.set(3)
    a.set(7)
    expect([b.get(), heard]).toEqual([7, [7]])
  })

  test("leave a value to the one that comes after both", () => {
    const state = new LearntState()
    const first = open(state)
    first.cells.shared("key", highest).set(7)
    first.close()
    expect(open(state).cells.shared("key", highest).get()).toBe(7)
    expect(open(new LearntState()).cells.shared("key", highest).get()).toBe(0)
  })

  test("tell the store what one of them had no time to tell", async () => {
    const { clock, sound } = fleet()
    const state = new LearntState()
    const [older, newer] = [open(state, sound), open(state, sound)]
    newer.cells.shared("key", highest)
    await clock.run()
    older.cells.shared("key", highest).set(7)
    older.close()
    await clock.run()
    expect(await sound.get("cell:key")).toEqual({ value: "7" })
  })

  test("go on with what was learnt while the store was away", async () => {
    const { clock, sound, break_, asked } = fleet()
    const state = new LearntState()
    break_(() => Promise.reject(new Error("down")))
    const older = open(state, { ...sound, get: () => Promise.reject(new Error("down")) })
    older.cells.shared("key", highest).set(7)
    await clock.run()
    older.close()
    const cell = open(state, sound).cells.shared("key", highest)
    expect(cell.get()).toBe(7)
    await clock.run()
    expect(await sound.get("cell:key")).toEqual({ value: "7" })
    expect(asked).toEqual([])
  })
})
