import { describe, expect, test } from "vitest"
import { admission, breakerOf, ended, succeeded } from "./breaker.ts"
import type { Breaker, Rules } from "./breaker.ts"
import { closedCircuit } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"
import { emptyWindow, recorded } from "./completed-window.ts"

const open: Circuit = {
  ...closedCircuit,
  state: "open",
  generation: 1,
  untilMs: 100,
  wakeableMs: 50,
  wakes: 0,
  reason: "it failed",
}
const halfOpen: Circuit = {
  ...closedCircuit,
  state: "half-open",
  generation: 1,
  reason: "it failed",
  wakes: 0,
  successes: 0,
  probes: 0,
}
const taken: Circuit = { ...halfOpen, probes: 1, probe: { id: "elsewhere", untilMs: 100 } }

describe("who is let through, and as what", () => {
  // What the fleet knows, whether this process has a probe or a panic try under way, and the time.
  test.each<[string, Circuit, boolean, number, asFirst: string, asPanic: string]>([
    ["closed", closedCircuit, false, 0, "regular", "regular"],
    ["closed, an old probe still under way", closedCircuit, true, 0, "regular", "regular"],
    ["open", open, false, 99, "open", "panic"],
    ["open, panicking already", open, true, 99, "open", "open"],
    ["open, its time over", open, false, 100, "probe", "probe"],
    ["open, its time over, panicking still", open, true, 100, "being-probed", "being-probed"],
    ["half-open", halfOpen, false, 0, "probe", "probe"],
    ["half-open, probed here", taken, true, 99, "being-probed", "being-probed"],
    ["half-open, probed elsewhere", taken, false, 99, "being-probed", "panic"],
    ["half-open, probed by one who is gone", taken, false, 100, "probe", "probe"],
  ])("%s", (_, circuit, isProbing, dateMs, asFirst, asPanic) => {
    const breaker = { ...breakerOf(circuit), isProbing }
    expect(admission(breaker, false, dateMs)).toBe(asFirst)
    expect(admission(breaker, true, dateMs)).toBe(asPanic)
  })
})

const rules: Rules = {
  windowMs: 120_000,
  consecutiveFailures: 5,
  failureRatio: 0.5,
  minimumCompleted: 10,
  successesToClose: 2,
  openFor: () => 1_000,
}

test("successes written together leave the window as successes written one by one", () => {
  const start: Breaker = { ...breakerOf(closedCircuit), window: recorded(emptyWindow(0), true, 0, 120_000) }
  let oneByOne = start
  for (let time = 0; time < 7; time++) oneByOne = succeeded(oneByOne, 1, 5_000, rules.windowMs)
  expect(succeeded(start, 7, 5_000, rules.windowMs)).toEqual(oneByOne)
  expect(oneByOne.window).toMatchObject({ failuresInARow: 0, buckets: [{ completed: 8, failed: 1 }] })
})

test("what a process had counted before the fleet opened and closed the circuit is forgotten", () => {
  let window = emptyWindow(0)
  for (let time = 0; time < 4; time++) window = recorded(window, true, 0, rules.windowMs)
  const breaker: Breaker = { circuit: { ...closedCircuit, generation: 7 }, window, isProbing: false }
  const moment = { nowMs: 0, dateMs: 0, chance: { next: () => 0 } }
  const failed = { health: "failure", reason: "overloaded" } as const
  const after = ended(breaker, { role: "regular", generation: 7 }, true, failed, moment, rules)
  expect(after).toMatchObject({ circuit: { state: "closed" }, window: { generation: 7, failuresInARow: 1 } })
})
