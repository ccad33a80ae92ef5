import { equalJitter } from "@bellwether/backoff"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { closedCircuit, credited, freed, opened, probed, woken } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"

const rules = { openFor: equalJitter({ baseMs: 5_000, capMs: 300_000 }), windowMs: 120_000 }
const cause = { reason: "it failed" }
const never = { next: () => 0 }
const almost = { next: () => 1 - 2 ** -32 }

/** Opens, is probed and fails again, so many times in all. */
function openedTimes(times: number, chance = almost) {
  let circuit = opened(closedCircuit, cause, { dateMs: 1_000_000, chance }, rules)
  for (let time = 1; time < times; time++) {
    const dateMs = circuit.untilMs
    const halfOpen = probed(circuit, { id: "probe", untilMs: dateMs + 1 }, dateMs)
    circuit = opened(halfOpen, cause, { dateMs, chance }, rules)
  }
  return circuit
}

const openMs = (circuit: { untilMs: number; sinceMs: number }) => circuit.untilMs - circuit.sinceMs

describe("the open time", () => {
  test.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [6, 160_000],
    [7, 300_000],
    [60, 300_000],
    [2_000, 300_000],
  ])("of opening %i in a row is between half of and all of %i ms", (times, ms) => {
    expect(openMs(openedTimes(times, almost))).toBeCloseTo(ms, 2)
    expect(openMs(openedTimes(times, never))).toBe(ms / 2)
  })

  test("is the provider's hint where that is longer, and not where it is shorter", () => {
    const at = { dateMs: 0, chance: almost }
    expect(openMs(opened(closedCircuit, { ...cause, retryAfterMs: 60_000 }, at, rules))).toBe(60_000)
    expect(openMs(opened(closedCircuit, { ...cause, retryAfterMs: 100 }, at, rules))).toBeCloseTo(5_000, 2)
  })

  test("goes on growing when a circuit fails soon after it closed, and starts over when it was steady", () => {
    const closed = { ...openedTimes(3), state: "closed" as const, sinceMs: 2_000_000 }
    const soon = opened(closed, cause, { dateMs: closed.sinceMs + 119_999, chance: almost }, rules)
    const late = opened(closed, cause, { dateMs: closed.sinceMs + 120_000, chance: almost }, rules)
    expect(soon.openings).toBe(4)
    expect(late.openings).toBe(1)
  })
})

describe("a wake", () => {
  const at = (dateMs: number) => ({ dateMs, chance: almost })
  const hinted = (hintMs: number) => opened(closedCircuit, { ...cause, retryAfterMs: hintMs }, at(0), rules)
  /** How long after its last opening a circuit can be woken that opened so often, and was woken so often in vain. */
  function wakeableAfterMs(openings: number, wakes: number) {
    let circuit = openedTimes(openings - wakes)
    for (let time = 0; time < wakes; time++) {
      const halfOpen = woken(circuit, circuit.wakeableMs)
      circuit = opened(halfOpen, cause, at(circuit.wakeableMs), rules)
    }
    return Math.round(circuit.wakeableMs - circuit.sinceMs)
  }

  test("cuts an opening short, to the length of a first one; each in vain makes it twice that", () => {
    expect(wakeableAfterMs(8, 0)).toBe(5_000)
    expect(wakeableAfterMs(8, 1)).toBe(10_000)
    expect(wakeableAfterMs(8, 4)).toBe(80_000)
  })

  test("is for openings in a row: one that closed is woken as if for the first time", () => {
    const halfOpen = woken(openedTimes(8), openedTimes(8).wakeableMs)
    expect(halfOpen).toMatchObject({ state: "half-open", wakes: 1 })
    const closed = credited(halfOpen, 1, 0)
    expect(opened(closed, cause, at(1_000), rules).wakes).toBe(0)
  })

  test("does not come before the time the provider asked for", () => {
    expect(woken(hinted(60_000), 59_999).state).toBe("open")
    expect(woken(hinted(60_000), 60_000).state).toBe("half-open")
  })

  test("leaves the open time growing", () => {
    const circuit = openedTimes(4)
    const again = opened(woken(circuit, circuit.wakeableMs), cause, at(circuit.wakeableMs), rules)
    expect(again.openings).toBe(5)
    expect(openMs(again)).toBeCloseTo(80_000, 2)
  })
})

test("the generation advances with each opening and with nothing else, also when the wall clock goes back", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 20 }), (dates) => {
      let circuit: Circuit = closedCircuit
      for (const dateMs of dates) {
        const open = opened(circuit, cause, { dateMs, chance: almost }, rules)
        expect(open.generation).toBeGreaterThan(circuit.generation)
        const halfOpen = probed(open, { id: "a", untilMs: dateMs }, dateMs)
        circuit = credited(freed(halfOpen, "a") as typeof halfOpen, 1, dateMs)
        expect([halfOpen.generation, circuit.generation]).toEqual([open.generation, open.generation])
      }
    }),
  )
})

test("only the probe that holds the place frees it", () => {
  const open = openedTimes(1)
  const halfOpen = probed(open, { id: "mine", untilMs: 9 }, 5)
  expect(freed(halfOpen, "another")).toBe(halfOpen)
  expect(freed(halfOpen, "mine")).not.toHaveProperty("probe")
  expect(freed(open, "mine")).toBe(open)
})

test("it takes as many successes to close as asked for", () => {
  const halfOpen = probed(openedTimes(1), { id: "a", untilMs: 9 }, 5)
  const one = credited(halfOpen, 3, 6)
  expect(one).toMatchObject({ state: "half-open", successes: 1 })
  const two = credited(one as typeof halfOpen, 3, 7)
  expect(two).toMatchObject({ state: "half-open", successes: 2 })
  expect(credited(two as typeof halfOpen, 3, 8)).toMatchObject({ state: "closed", sinceMs: 8 })
})
