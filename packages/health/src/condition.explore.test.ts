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

/** The rules that a step has broken. */
function broken(before: Seen, event: Event, then: Seen, by: ConditionRules): readonly string[] {
  const [from, to] = [before.condition.state, then.condition.state]
  const isFall = from !== "unhealthy" && to === "unhealthy"
  const isFirstFall = isFall && before.condition.falls === 0
  const recovered = times(2, "success")(then, by).condition
  const rulesKept = {
    "a success makes nothing worse": event !== "success" || from !== "healthy" || to === "healthy",
    "a failure makes nothing better": event !== "failure" || to === (from === "healthy" ? to : "unhealthy"),
    "only a row of three failures begins it":
      !isFirstFall || endsWith(then.path, "failure", "failure", "failure"),
    "one success is not enough": event !== "success" || from !== "unhealthy" || to === "degraded",
    "each fall is counted": then.condition.falls <= before.condition.falls + Number(isFall),
    "two successes end everything":
      recovered.state === "healthy" && recovered.falls + recovered.failures === 0,
    "three failures are always enough": times(3, "failure")(then, by).condition.state === "unhealthy",
  }
  const names = Object.entries(rulesKept).flatMap(([name, isKept]) => (isKept ? [] : name))
  return names.map((name) => `${name}: ${then.path.join(" ")}`)
}

test.each([
  ["calls", rules],
  ["probes", probeRules],
])("the conditions of %s keep to their rules, whatever comes in which order", (_, by) => {
  const steps = [...everything(by)]
  expect(steps.length).toBeGreaterThan(200)
  expect(steps.flatMap(([before, event, then]) => broken(before, event, then, by))).toEqual([])
})

test("nothing that calls have made unhealthy stays so by itself, nor on trial", () => {
  const ends = [...everything(rules)].map(([, , then]) => times(20, "tick")(then, rules).condition)
  expect(new Set(ends.map(({ state }) => state))).toEqual(new Set(["healthy"]))
  expect(ends.filter(({ untilMs }) => untilMs !== undefined)).toEqual([])
})

test("what probes have made unhealthy stays so until something else is told", () => {
  for (const [, , then] of everything(probeRules))
    expect(times(20, "tick")(then, probeRules).condition).toEqual(then.condition)
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
