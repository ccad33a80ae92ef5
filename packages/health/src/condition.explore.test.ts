// Every order in which failures, successes and time can come, to a depth of ten, on the pure transitions.
import { expect, test } from "vitest"
import { aged, failed, succeeded, unknownCondition } from "./condition.ts"
import type { Condition, ConditionRules } from "./condition.ts"

const depth = 10
const cause = { kind: "overloaded", reason: "overloaded (503)" }
const rules: ConditionRules = {
  failuresToUnhealthy: 3,
  successesToHealthy: 2,
  holdMs: (falls) => Math.min(2 ** falls, 4),
  trialMs: 3,
}
const probeRules = { ...rules, holdMs: () => Infinity, trialMs: Infinity }

type Event = "failure" | "success" | "tick"
const events: readonly Event[] = ["failure", "success", "tick"]

interface Seen {
  readonly condition: Condition
  readonly nowMs: number
  readonly path: readonly Event[]
}

function after({ condition, nowMs, path }: Seen, event: Event, by: ConditionRules): Seen {
  const further = [...path, event]
  if (event === "tick") return { condition: aged(condition, nowMs + 1, by), nowMs: nowMs + 1, path: further }
  const next = event === "failure" ? failed(condition, cause, nowMs, by) : succeeded(condition, nowMs, by)
  return { condition: next, nowMs, path: further }
}

/** All that can happen; the same condition at the same distance from its times is gone on from once. */
function* everything(by: ConditionRules): Generator<readonly [Seen, Event, Seen]> {
  const known = new Set<string>()
  let layer: readonly Seen[] = [{ condition: unknownCondition, nowMs: 0, path: [] }]
  for (let step = 0; step < depth; step++) {
    const next: Seen[] = []
    for (const seen of layer)
      for (const event of events) {
        const then = after(seen, event, by)
        yield [seen, event, then]
        const { sinceMs, untilMs, ...rest } = then.condition
        const key = JSON.stringify([
          rest,
          then.nowMs - (untilMs ?? then.nowMs),
          Math.min(then.nowMs - sinceMs, 9),
        ])
        if (!known.has(key)) next.push(then)
        known.add(key)
      }
    layer = next
  }
}

const endsWith = (path: readonly Event[], ...end: readonly Event[]): boolean =>
  path
    .filter((event) => event !== "tick")
    .slice(-end.length)
    .join() === end.join()

const times = (count: number, event: Event) => (seen: Seen, by: ConditionRules) =>
  Array.from({ length: count }).reduce<Seen>((last) => after(last, event, by), seen)

test.each([
  ["calls", rules],
  ["probes", probeRules],
])("the conditions of %s keep to their rules, whatever comes in which order", (_, by) => {
  let count = 0
  for (const [before, event, then] of everything(by)) {
    count++
    const story = then.path.join(" ")
    const [from, to] = [before.condition.state, then.condition.state]
    // A success never makes anything worse, a failure never better.
    if (event === "success") expect([from, to], story).not.toEqual(["healthy", "unhealthy"])
    if (event === "failure") expect(to === "degraded", story).toBe(false)
    // What was never unhealthy becomes so by three failures in a row alone.
    if (before.condition.falls === 0 && to === "unhealthy")
      expect(endsWith(then.path, "failure", "failure", "failure"), story).toBe(true)
    // One failure on trial is enough, and what is unhealthy is never healthy after a single success.
    if (from === "degraded" && event === "failure") expect(to, story).toBe("unhealthy")
    if (from === "unhealthy" && event === "success") expect(to, story).toBe("degraded")
    // From anywhere two successes make it healthy, and three failures unhealthy.
    expect(times(2, "success")(then, by).condition, story).toMatchObject({
      state: "healthy",
      falls: 0,
      failures: 0,
    })
    expect(times(3, "failure")(then, by).condition.state, story).toBe("unhealthy")
    // Falls without recovery wait longer, up to a limit.
    if (to === "unhealthy" && from !== "unhealthy")
      expect(then.condition.falls, story).toBe(before.condition.falls + 1)
  }
  expect(count).toBeGreaterThan(200)
})

test("nothing that calls have made unhealthy stays so by itself, nor on trial", () => {
  for (const [, , then] of everything(rules)) {
    const later = times(20, "tick")(then, rules)
    expect(later.condition.state, then.path.join(" ")).toBe("healthy")
    expect(later.condition.untilMs).toBe(undefined)
  }
})

test("what probes have made unhealthy stays so until something else is told", () => {
  for (const [, , then] of everything(probeRules))
    expect(times(20, "tick")(then, probeRules).condition, then.path.join(" ")).toEqual(then.condition)
})

test("who comes back by time alone is one failure from unhealthy, and waits longer each time", () => {
  let condition = failed(failed(failed(unknownCondition, cause, 0, rules), cause, 0, rules), cause, 0, rules)
  expect(condition).toMatchObject({ state: "unhealthy", falls: 1, untilMs: 2 })
  condition = aged(condition, 2, rules)
  expect(condition).toMatchObject({ state: "degraded", untilMs: 5 })
  condition = aged(condition, 5, rules)
  expect(condition).toMatchObject({ state: "healthy", failures: 2, falls: 1 })
  expect(failed(condition, cause, 6, rules)).toMatchObject({ state: "unhealthy", falls: 2, untilMs: 10 })
})
