import { virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { Guesses } from "./guesses.ts"

test("ten wrong tokens within a minute lock an address, and no other", async () => {
  const clock = virtualClock()
  const guesses = new Guesses(clock)
  for (let count = 0; count < 9; count++) guesses.add("10.0.0.1")
  expect(guesses.isLocked("10.0.0.1")).toBe(false)
  guesses.add("10.0.0.1")
  expect([guesses.isLocked("10.0.0.1"), guesses.isLocked("10.0.0.2")]).toEqual([true, false])
  await clock.advance(60_000)
  expect(guesses.isLocked("10.0.0.1")).toBe(false)
})

test("of thousands of addresses the newest are remembered", () => {
  const guesses = new Guesses(virtualClock())
  for (let address = 0; address < 3_000; address++)
    for (let count = 0; count < 10; count++) guesses.add(`10.0.${address}`)
  expect([guesses.isLocked("10.0.2999"), guesses.isLocked("10.0.0")]).toEqual([true, false])
})
