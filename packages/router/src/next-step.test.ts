import type { Verdict } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { candidate, closedFor, nowMs, scene, target } from "../test/scenes.ts"
import { nextStep } from "./next-step.ts"
import type { Scene } from "./next-step.ts"

const alpha = target("alpha/main")
const beta = target("beta/main")

const told = (given: Scene): string => {
  const step = nextStep(given)
  switch (step.act) {
    case "try":
      return `try ${step.target.endpoint}`
    case "wait":
      return `wait ${step.untilMs - nowMs}${step.untilMs === step.latestMs ? " at most" : ""}`
    case "line-up":
      return `line up ${step.targets.map(({ endpoint }) => endpoint).join(" ")}`
    case "panic":
      return `panic ${step.targets.map(({ endpoint }) => endpoint).join(" ")}`.trim()
    case "refuse":
      return "refuse"
  }
}

describe("law 10: when all targets are unavailable", () => {
  const both = (a: number | undefined, b: number | undefined, more: Partial<Scene> = {}) =>
    told(scene([candidate(alpha, closedFor(a)), candidate(beta, closedFor(b))], more))

  test("the soonest is waited for if it fits the patience", () => {
    expect(both(9_000, 2_000)).toBe("wait 2000")
    expect(both(9_000, 3_000)).toBe("wait 3000 at most")
  })

  test("otherwise the least bad is tried in panic", () => {
    expect(both(9_000, 3_001)).toBe("panic beta alpha")
  })

  test("a target that is being probed is watched within the patience", () => {
    expect(both(9_000, undefined)).toBe("wait 3000 at most")
    expect(both(9_000, undefined, { patientUntilMs: nowMs })).toBe("panic alpha beta")
  })

  test("a time that has come while its target still refuses is not waited for without time passing", () => {
    expect(both(0, 9_000)).toBe("wait 10")
    expect(both(0, 9_000, { patientUntilMs: nowMs + 9 })).toBe("panic alpha beta")
  })

  test("nobody waits for a park", () => {
    const parked = candidate(alpha, closedFor(1_000, true))
    expect(told(scene([parked, candidate(beta, closedFor(9_000))]))).toBe("panic beta alpha")
    expect(told(scene([parked, candidate(beta, closedFor(2_000))]))).toBe("wait 2000")
  })

  test("nobody panics where an operator or an own limit says no", () => {
    const veto = { veto: true } as const
    const vetoed: Verdict = { status: "unavailable", reason: "closed", untilMs: nowMs + 9_000, ...veto }
    expect(told(scene([candidate(alpha, vetoed), candidate(beta, closedFor(9_000))]))).toBe("panic beta")
    const parked = { ...vetoed, parked: true } as Verdict
    const sole = scene([candidate(alpha, parked)], { sole: true })
    expect(told(sole)).toBe("panic")
  })

  test("one call panics on a target at a time", () => {
    expect(both(9_000, 8_000, { panicked: new Set(["beta/main"]) })).toBe("panic alpha")
    expect(both(9_000, 8_000, { panicked: new Set(["beta/main", "alpha/main"]) })).toBe("panic")
  })

  test("the options choose otherwise", () => {
    expect(both(1_000, 2_000, { onUnavailable: "panic" })).toBe("panic alpha beta")
    expect(both(1_000, 2_000, { onUnavailable: "fail" })).toBe("refuse")
  })

  test("a call without candidates has nobody to panic on", () => {
    expect(told(scene([]))).toBe("panic")
  })
})

describe("standing in line", () => {
  const asked = (lineless: readonly string[], hopeless: readonly string[], more: Partial<Scene> = {}) =>
    told(
      scene([candidate(alpha, closedFor(9_000)), candidate(beta, closedFor(2_000))], {
        lineless: new Set(lineless),
        hopeless: new Set(hopeless),
        ...more,
      }),
    )

  test("comes before everything else, at who is back soonest", () => {
    expect(asked([], [])).toBe("line up beta alpha")
    expect(asked(["beta/main"], [])).toBe("line up alpha")
    expect(asked([], [], { patientUntilMs: nowMs })).toBe("line up beta alpha")
  })

  test("is for those only who may wait", () => {
    expect(asked([], [], { onUnavailable: "panic" })).toBe("panic beta alpha")
    expect(asked([], [], { onUnavailable: "fail" })).toBe("refuse")
  })

  test("is not for parks", () => {
    const parked = candidate(alpha, closedFor(1_000, true))
    const lineless = new Set<string>()
    expect(told(scene([parked, candidate(beta, closedFor(9_000))], { lineless }))).toBe("line up beta")
  })

  test("in vain: the target is not waited for", () => {
    const both = ["alpha/main", "beta/main"]
    expect(asked(both, [])).toBe("wait 2000")
    expect(asked(both, ["beta/main"])).toBe("panic beta alpha")
    expect(asked(both, ["alpha/main"])).toBe("wait 2000")
    expect(asked(both, both)).toBe("panic beta alpha")
  })
})

describe("law 11: a call's only target", () => {
  const parked = candidate(alpha, closedFor(600_000, true))

  test("is used although it is parked", () => {
    expect(told(scene([parked]))).toBe("try alpha")
    expect(told(scene([parked], { onUnavailable: "fail" }))).toBe("try alpha")
  })

  test("is not asked again and again when somebody else refuses", () => {
    expect(told(scene([parked], { refused: new Set(["alpha/main"]) }))).toBe("panic alpha")
  })

  test("is waited for when it is gated", () => {
    expect(told(scene([candidate(alpha, closedFor(50_000))], { patientUntilMs: nowMs + 60_000 }))).toBe(
      "wait 50000",
    )
  })
})
