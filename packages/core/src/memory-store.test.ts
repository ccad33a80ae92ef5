import { testStore, virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { memoryStore } from "./memory-store.ts"

testStore(
  "a memory store",
  () => {
    const clock = virtualClock()
    return { store: memoryStore({ clock }), pass: (ms) => clock.advance(ms) }
  },
  test,
)

test("an hour of short-lived keys that nobody reads again does not fill the memory", async () => {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  let most = 0
  for (let second = 0; second < 3600; second++) {
    await store.increment(`window ${second}`, 1, { ttlMs: 10_000 })
    await clock.advance(1000)
    most = Math.max(most, store.size)
  }
  expect(most).toBeLessThan(100)
})

test("a key that lives stays, however many come after it", async () => {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  for (let key = 0; key < 1000; key++) await store.swap(`key ${key}`, undefined, "value")
  expect(store.size).toBe(1000)
  expect(await store.get("key 0")).toEqual({ value: "value" })
})
