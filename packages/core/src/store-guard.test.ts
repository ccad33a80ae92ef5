import { testStore, virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { memoryStore } from "./memory-store.ts"
import { PipelineError } from "./pipeline-error.ts"
import { guardStore } from "./store-guard.ts"
import type { Store, StoreListener } from "./store.ts"

testStore(
  "a guarded store",
  () => {
    const clock = virtualClock()
    return { store: guardStore(memoryStore({ clock }), { clock }), pass: (ms) => clock.advance(ms) }
  },
  test,
)

/** A store whose operations do whatever the test says next. */
const unruly = () => {
  const clock = virtualClock()
  const sound = memoryStore({ clock })
  const events: string[] = []
  let asked = 0
  let act: () => unknown = () => undefined
  const operation = (): Promise<never> => {
    asked++
    return act() as Promise<never>
  }
  const store: Store = { get: operation, swap: operation, increment: operation, watch: sound.watch }
  const guard = guardStore(store, {
    clock,
    onLost: (cause) => events.push(`lost: ${String(cause)}`),
    onBack: () => events.push("back"),
  })
  return {
    clock,
    guard,
    events,
    get asked() {
      return asked
    },
    behave(next: () => unknown) {
      act = next
    },
    /** What one `get` comes to. */
    get: () =>
      clock.runUntil(
        guard.get("key").then(
          (stored) => stored?.value ?? "none",
          (error: unknown) => (PipelineError.is(error, "store-unavailable") ? "unavailable" : error),
        ),
      ),
  }
}

const trap = (): never => {
  throw new Error("a trap")
}

const misbehaviours: Readonly<Record<string, () => unknown>> = {
  hangs: () => new Promise(() => {}),
  rejects: () => Promise.reject(new Error("connection lost")),
  throws: () => {
    throw new Error("not connected")
  },
  "rejects with nothing": () => Promise.reject(),
  "answers with something else": () => Promise.resolve(7.5),
  "answers with null": () => Promise.resolve(null),
  "answers with a value that is no text": () => Promise.resolve({ value: 7 }),
  "is no promise": () => ({ value: 7 }),
  "answers with what can not be looked at": () => new Proxy({}, { get: trap }),
}

describe.each(Object.entries(misbehaviours))("a store that %s", (_what, misbehave) => {
  test("rejects within the deadline and leaves no timer", async () => {
    const { clock, guard, behave } = unruly()
    behave(misbehave)
    for (const operation of [
      () => guard.get("a"),
      () => guard.swap("a", "b", "c"),
      () => guard.increment("a", 1),
    ]) {
      const startMs = clock.now()
      const error = await clock.runUntil(operation().catch((error: unknown) => error))
      expect(PipelineError.is(error, "store-unavailable")).toBe(true)
      expect(clock.now() - startMs).toBeLessThanOrEqual(50)
    }
    expect(clock.pending).toBe(0)
  })

  test("is lost after three failures in a row, told once, and then left alone", async () => {
    const subject = unruly()
    subject.behave(misbehave)
    for (let operation = 0; operation < 10; operation++) expect(await subject.get()).toBe("unavailable")
    expect(subject.asked).toBe(3)
    expect(subject.events).toHaveLength(1)
    expect(subject.events[0]).toMatch(/^lost: /)
  })

  test("is asked once a second until it answers, and welcomed back once", async () => {
    const subject = unruly()
    subject.behave(misbehave)
    for (let operation = 0; operation < 3; operation++) await subject.get()
    for (let second = 0; second < 3; second++) {
      await subject.clock.advance(1000)
      for (let operation = 0; operation < 5; operation++) expect(await subject.get()).toBe("unavailable")
    }
    expect(subject.asked).toBe(3 + 3)
    subject.behave(() => Promise.resolve({ value: "one" }))
    await subject.clock.advance(1000)
    for (let operation = 0; operation < 5; operation++) expect(await subject.get()).toBe("one")
    expect(subject.asked).toBe(3 + 3 + 5)
    expect(subject.events.slice(1)).toEqual(["back"])
  })
})

test("failures between successes do not lose a store", async () => {
  const subject = unruly()
  for (let round = 0; round < 5; round++) {
    subject.behave(() => Promise.reject(new Error("now and then")))
    await subject.get()
    await subject.get()
    subject.behave(() => Promise.resolve(undefined))
    expect(await subject.get()).toBe("none")
  }
  expect(subject.events).toEqual([])
})

test("while one operation tries a lost store, the others are refused at once", async () => {
  const subject = unruly()
  subject.behave(() => Promise.reject(new Error("lost")))
  for (let operation = 0; operation < 3; operation++) await subject.get()
  await subject.clock.advance(1000)
  let answer: (stored: { value: string }) => void = () => {}
  subject.behave(() => new Promise((resolve) => (answer = resolve)))
  const trial = subject.guard.get("key")
  const others = await Promise.allSettled([subject.guard.get("key"), subject.guard.get("key")])
  expect(others.map(({ status }) => status)).toEqual(["rejected", "rejected"])
  expect(subject.asked).toBe(4)
  await subject.clock.advance(1)
  answer({ value: "one" })
  expect(await trial).toEqual({ value: "one" })
  expect(subject.events.slice(1)).toEqual(["back"])
})

test("what comes in after the deadline, or was asked before the loss, changes nothing", async () => {
  const subject = unruly()
  const answers: (() => void)[] = []
  subject.behave(() => new Promise((resolve) => answers.push(() => resolve({ value: "late" }))))
  const asked = [1, 2, 3].map(() => subject.guard.get("key").catch(() => "unavailable"))
  await subject.clock.advance(49)
  const young = subject.guard.get("key")
  await subject.clock.advance(1)
  expect(await Promise.all(asked)).toEqual(["unavailable", "unavailable", "unavailable"])
  for (const answer of answers) answer()
  expect(await young).toEqual({ value: "late" })
  expect(await subject.get()).toBe("unavailable")
  expect(subject.events).toHaveLength(1)
})

test("callbacks that throw change nothing", async () => {
  const clock = virtualClock()
  let isDown = true
  const sound = memoryStore({ clock })
  const fail = (): never => {
    throw new Error("from a callback")
  }
  const flaky: Store = {
    ...sound,
    get: (key) => (isDown ? Promise.reject(new Error("down")) : sound.get(key)),
  }
  const guard = guardStore(flaky, { clock, failures: 1, onLost: fail, onBack: fail })
  await expect(guard.get("key")).rejects.toMatchObject({ code: "store-unavailable" })
  isDown = false
  await clock.advance(1000)
  await expect(guard.get("key")).resolves.toBeUndefined()
})

describe("a watch", () => {
  test("that can not begin begins when the store is back", async () => {
    const clock = virtualClock()
    const sound = memoryStore({ clock })
    let isDown = true
    const orDown = <T>(act: () => T): T => {
      if (isDown) throw new Error("down")
      return act()
    }
    const flaky: Store = {
      ...sound,
      get: async (key) => orDown(() => sound.get(key)),
      watch: (prefix, listener) => orDown(() => sound.watch(prefix, listener)),
    }
    const guard = guardStore(flaky, { clock, failures: 1 })
    const heard: string[] = []
    const unwatch = guard.watch("a", (key) => heard.push(key))
    await expect(guard.get("a")).rejects.toThrow("The shared store failed.")
    isDown = false
    await clock.advance(1000)
    await guard.get("a")
    await guard.swap("a", undefined, "one")
    await clock.advance(0)
    expect(heard).toEqual(["a"])
    unwatch()
    await guard.swap("a", "one", "two")
    await clock.advance(0)
    expect(heard).toEqual(["a"])
  })

  test("hears no nonsense and survives its own listener", () => {
    const clock = virtualClock()
    let tell: StoreListener = () => {}
    const store: Store = {
      ...memoryStore({ clock }),
      watch(_prefix, listener) {
        tell = listener
        return undefined as never
      },
    }
    const heard: unknown[] = []
    const unwatch = guardStore(store, { clock }).watch("", (key, value) => {
      heard.push([key, value])
      throw new Error("from a listener")
    })
    const told: readonly (readonly [unknown, unknown])[] = [
      ["a", "one"],
      [7, "one"],
      ["a", 7],
      ["a", null],
      ["a", undefined],
    ]
    for (const [key, value] of told) tell(key as string, value as string)
    expect(heard).toEqual([
      ["a", "one"],
      ["a", undefined],
    ])
    unwatch()
    tell("a", "two")
    expect(heard).toHaveLength(2)
  })
})
