import type { Attempt, Lease } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { closedCircuit, startedOver } from "./circuit.ts"
import { freshMemory } from "./circuit-memory.ts"
import { emptyWindow, recorded } from "./completed-window.ts"
import { LiveCircuit } from "./live-circuit.ts"

const windowMs = 120_000
const target = { id: "primary/key-1", endpoint: "primary", key: "key-1", tier: 0, weight: 1, prefill: false }
const never = { next: () => 0, id: () => "probe", stream: () => never }

/** A circuit that never opens. */
function build() {
  const clock = virtualClock()
  const rules = {
    windowMs,
    consecutiveFailures: Infinity,
    failureRatio: Infinity,
    minimumCompleted: 1,
    successesToClose: 1,
    openFor: () => 1,
    probeMs: () => 1,
    ofLast: { windowMs, consecutiveFailures: Infinity, failureRatio: Infinity, minimumCompleted: 1 },
    isLast: () => false,
  }
  const services = { clock, random: never, rules, publish: () => {}, announce: () => {} }
  const circuit = new LiveCircuit(target, "gpt-4o", freshMemory(closedCircuit, 0), services)
  const attempted = (isFailure: boolean) => {
    const lease = circuit.take({ startedAtMs: clock.now() } as Attempt, false) as Lease
    lease.end({ health: isFailure ? "failure" : "success", durationMs: 0 })
  }
  return { clock, circuit, attempted }
}

test("however successes are put together, the window is what it would be with each written by itself", async () => {
  const outcomes = fc.array(
    fc.record({ gapMs: fc.nat(30_000), isFailure: fc.boolean(), isRead: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(outcomes, async (list) => {
      const { clock, circuit, attempted } = build()
      let window = emptyWindow(0)
      for (const { gapMs, isFailure, isRead } of list) {
        await clock.advance(gapMs)
        attempted(isFailure)
        window = recorded(window, isFailure, clock.now(), windowMs)
        if (isRead) void circuit.breaker
      }
      expect(circuit.breaker.window).toEqual(window)
    }),
  )
})

test("what succeeded before a circuit starts over is forgotten with the rest", () => {
  const { circuit, attempted } = build()
  for (let time = 0; time < 3; time++) attempted(false)
  circuit.learn(startedOver(5))
  expect(circuit.inspect()).toMatchObject({ state: "closed", completed: 0 })
  attempted(false)
  expect(circuit.inspect()).toMatchObject({ completed: 1 })
})
