import { memoryStore, type Store } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { virtualClock } from "../virtual-clock.ts"
import type { StoreUnderTest } from "./store-cases.ts"
import { testStore } from "./test-store.ts"

/** The titles of the tests a store fails. */
const failures = async (break_: (store: Store, clock: ReturnType<typeof virtualClock>) => Partial<Store>) => {
  const tests: { title: string; run: () => Promise<void> }[] = []
  const create = (): StoreUnderTest => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    return { store: { ...store, ...break_(store, clock) }, pass: (ms) => clock.advance(ms) }
  }
  testStore("store", create, (title, run) => tests.push({ title, run }))
  const failed: string[] = []
  for (const { title, run } of tests) await run().catch(() => failed.push(title.replace("store: ", "")))
  return failed
}

test("a store that keeps the contract passes", async () => {
  expect(await failures(() => ({}))).toEqual([])
})

describe("a store is found out that", () => {
  test.each<[string, (store: Store) => Partial<Store>, string]>([
    [
      "never expires",
      (store) => ({ swap: (key, expected, value) => store.swap(key, expected, value) }),
      "a key lives as long as its last write said",
    ],
    [
      "swaps blindly",
      (store) => ({
        swap: async (key, _expected, value, options) =>
          store.swap(key, (await store.get(key))?.value, value, options),
      }),
      "swap replaces only the value it expects",
    ],
    [
      "renews counters",
      (store) => ({
        increment: async (key, by, options) => {
          const sum = await store.increment(key, by)
          await store.swap(key, String(sum), String(sum), options)
          return sum
        },
      }),
      "the time to live of a counter is that of its first increment",
    ],
    [
      "counts without atomicity",
      (store) => ({
        increment: async (key, by) => {
          const held = (await store.get(key))?.value
          await Promise.resolve()
          await store.swap(key, held, String(Number(held ?? 0) + by))
          return Number(held ?? 0) + by
        },
      }),
      "increments at once lose none",
    ],
    [
      "tells of other keys",
      (store) => ({ watch: (_prefix, listener) => store.watch("", listener) }),
      "a watch is told what anybody changes under its prefix, and nothing else",
    ],
    [
      "goes on telling",
      (store) => ({
        watch: (prefix, listener) => {
          store.watch(prefix, listener)
          return () => {}
        },
      }),
      "a watch that ended hears nothing more",
    ],
    [
      "throws at once",
      (store) => ({
        increment: (key, by, options) => {
          if (!Number.isInteger(by)) throw new Error("no")
          return store.increment(key, by, options)
        },
      }),
      "what is not a whole number can not be counted",
    ],
  ])("%s", async (_what, break_, title) => {
    expect(await failures(break_)).toContain(title)
  })
})
