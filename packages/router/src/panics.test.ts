import { virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { createPanics } from "./panics.ts"

test("one call at a time panics on a target, and the next as soon as that is over", () => {
  const panics = createPanics(virtualClock())
  expect(panics.has("alpha/main")).toBe(false)
  panics.begin("alpha/main")
  expect([panics.has("alpha/main"), panics.has("beta/main")]).toEqual([true, false])
  expect(panics.underWay()).toEqual(["alpha/main"])
  panics.end("alpha/main", false)
  expect([panics.has("alpha/main"), panics.underWay()]).toEqual([false, []])
})

test("where the provider throttles it, nobody panics for ten seconds", async () => {
  const clock = virtualClock()
  const panics = createPanics(clock)
  panics.begin("alpha/main")
  panics.end("alpha/main", true)
  expect([panics.has("alpha/main"), panics.underWay()]).toEqual([true, []])
  await clock.advance(9_999)
  expect(panics.has("alpha/main")).toBe(true)
  await clock.advance(1)
  expect(panics.has("alpha/main")).toBe(false)
})
