import type { FailureClass } from "@bellwether/wire"
import type { Verdict } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { candidate, closedFor, drawing, nowMs, rules, situation, target, tried } from "../test/situations.ts"
import { decide, hasAlternative } from "./decide.ts"
import type { Decision } from "./decide.ts"
import type { Rules } from "./options.ts"
import type { Candidate, Situation, Try } from "./situation.ts"

const alpha = target("alpha/one")
const second = target("alpha/two")
const beta = target("beta/main")
const low = target("low/main", 1)
const lowest = target("lowest/main", 2)

const decided = (given: Situation, more: Partial<Rules> = {}, drawn = 0): Decision =>
  decide(given, { ...rules, ...more }, drawing(drawn))

/** A decision in one line. */
const told = (decision: Decision): string => {
  if (decision.act === "stop") return decision.reason === undefined ? "stop" : `stop: ${decision.reason}`
  const waitMs = Math.round(decision.waitMs)
  if (decision.act === "repeat") return `repeat ${decision.target.id} after ${waitMs}`
  return `move without ${[...decision.excluded].join(" ")} after ${waitMs}`
}

describe("what each class of failure allows, with a second key, another endpoint and a fallback", () => {
  const rows: readonly (readonly [FailureClass, string])[] = [
    ["caller-fault", "stop"],
    ["context-length", "stop"],
    ["content-policy", "stop"],
    ["model-missing", "move without alpha/one alpha/two after 0"],
    ["credential", "move without alpha/one after 0"],
    ["forbidden", "move without alpha/one after 0"],
    ["quota-exhausted", "move without alpha/one after 0"],
    ["rate-limited", "move without alpha/one after 0"],
    ["overloaded", "move without alpha/one alpha/two after 0"],
    ["server-error", "move without alpha/one alpha/two after 0"],
    ["unreachable", "move without alpha/one alpha/two after 0"],
    ["timeout", "move without alpha/one alpha/two after 0"],
    ["broken-response", "move without alpha/one alpha/two after 0"],
    ["cancelled", "stop"],
    ["superseded", "stop"],
    ["call-refused", "stop"],
  ]
  test.each(rows)("%s: %s", (failureClass, expected) => {
    expect(told(decided(situation([alpha, second, beta, low], [tried(alpha, failureClass)])))).toBe(expected)
  })
})

describe("law 2: sideways at once, down reluctantly", () => {
  test("a target of the same tier is tried at once, with up to 50 ms of jitter", () => {
    expect(told(decided(situation([alpha, beta], [tried(alpha, "server-error")]), {}, 0.999))).toBe(
      "move without alpha/one after 50",
    )
  })

  test.each<readonly [FailureClass, object, string]>([
    ["server-error", {}, "repeat alpha/one after 250"],
    ["overloaded", {}, "repeat alpha/one after 250"],
    ["broken-response", {}, "repeat alpha/one after 250"],
    ["unreachable", {}, "repeat alpha/one after 250"],
    ["unreachable", { sameTarget: false }, "move without alpha/one after 0"],
    ["timeout", {}, "move without alpha/one after 0"],
    ["credential", {}, "move without alpha/one after 0"],
    ["model-missing", {}, "move without alpha/one after 0"],
    ["rate-limited", {}, "repeat alpha/one after 1000"],
    ["rate-limited", { retryAfterMs: 3_000 }, "repeat alpha/one after 3000"],
    ["rate-limited", { retryAfterMs: 3_001 }, "move without alpha/one after 0"],
    ["overloaded", { retryAfterMs: 20 }, "repeat alpha/one after 20"],
    ["server-error", { sameTarget: false }, "move without alpha/one after 0"],
    ["credential", { sameTarget: true }, "repeat alpha/one after 250"],
  ])("before a lower tier, %s %j: %s", (failureClass, more, expected) => {
    expect(told(decided(situation([alpha, low], [tried(alpha, failureClass, more)])))).toBe(expected)
  })

  test("a tier gets one more try, not one for each of its targets", () => {
    const tries = [tried(alpha, "server-error"), tried(beta, "server-error"), tried(beta, "server-error")]
    expect(told(decided(situation([alpha, beta, low], tries)))).toBe(
      "move without alpha/one beta/main after 0",
    )
  })

  test("the next lower tier gets its own", () => {
    const tries = [tried(alpha, "server-error"), tried(alpha, "server-error"), tried(low, "server-error")]
    expect(told(decided(situation([alpha, low, lowest], tries)))).toBe("repeat low/main after 250")
  })

  test("the last attempt goes to the lower tier rather than to what failed", () => {
    const given = situation([alpha, low], [tried(alpha, "server-error")], { attemptsLeft: 1 })
    expect(told(decided(given))).toBe("move without alpha/one after 0")
  })

  test("the circuit that opened meanwhile forbids it", () => {
    const given = situation(
      [candidate(alpha, { verdict: closedFor(5_000) }), low],
      [tried(alpha, "server-error")],
    )
    expect(told(decided(given))).toBe("move without alpha/one after 0")
  })

  test("nor is a circuit waited for that half-opens soon", () => {
    const given = situation(
      [candidate(alpha, { verdict: closedFor(500) }), low],
      [tried(alpha, "server-error")],
    )
    expect(told(decided(given))).toBe("move without alpha/one after 0")
  })

  test("nor a target that refused the one more try", () => {
    const given = situation([candidate(alpha, { refused: true }), low], [tried(alpha, "server-error")])
    expect(told(decided(given))).toBe("move without alpha/one after 0")
  })

  test("a gate of its own short hint is waited for", () => {
    const given = situation(
      [candidate(alpha, { verdict: closedFor(500) }), low],
      [tried(alpha, "rate-limited", { retryAfterMs: 500 })],
    )
    expect(told(decided(given))).toBe("repeat alpha/one after 500")
  })

  test("a better tier that came back is moved to at once", () => {
    expect(told(decided(situation([alpha, low], [tried(low, "server-error")])))).toBe(
      "move without low/main after 0",
    )
  })

  test("an unavailable target of the same tier does not keep a call from the one more try", () => {
    const given = situation(
      [alpha, candidate(beta, { verdict: closedFor(60_000) }), low],
      [tried(alpha, "server-error")],
    )
    expect(told(decided(given))).toBe("repeat alpha/one after 250")
  })
})

describe("when nothing untried is left", () => {
  const twice = [tried(alpha, "server-error"), tried(alpha, "server-error")]

  test("repeats begin with the lowest tier", () => {
    expect(
      told(decided(situation([alpha, low], [...twice, tried(low, "overloaded"), tried(low, "overloaded")]))),
    ).toBe("repeat alpha/one after 250")
  })

  test("and go on with the next when a target has had its share", () => {
    const tries = [
      ...twice,
      tried(low, "server-error"),
      tried(low, "server-error"),
      tried(alpha, "server-error"),
    ]
    expect(told(decided(situation([alpha, low], tries)))).toBe("repeat low/main after 250")
    expect(told(decided(situation([alpha, low], [...tries, tried(low, "server-error")])))).toBe("stop")
  })

  test("a class that allows one repeat gets one", () => {
    const once = [tried(alpha, "unreachable"), tried(low, "credential")]
    expect(told(decided(situation([alpha, low], once)))).toBe("repeat alpha/one after 250")
    expect(told(decided(situation([alpha, low], [...once, tried(alpha, "unreachable")])))).toBe("stop")
  })

  test("of one tier the one that had fewest comes first", () => {
    const tries = [tried(alpha, "overloaded"), tried(beta, "rate-limited"), tried(alpha, "overloaded")]
    expect(told(decided(situation([alpha, beta], tries)))).toBe("repeat beta/main after 1000")
  })

  test("then the soonest", () => {
    const tries = [tried(alpha, "rate-limited", { retryAfterMs: 2_000 }), tried(beta, "server-error")]
    expect(told(decided(situation([alpha, beta], tries)))).toBe("repeat beta/main after 250")
  })

  test("time that has passed since the failure is not waited again", () => {
    const tries = [
      { ...tried(alpha, "rate-limited", { retryAfterMs: 2_000 }), endedAtMs: nowMs - 1_500 },
      tried(low, "credential"),
    ]
    expect(told(decided(situation([alpha, low], tries)))).toBe("repeat alpha/one after 500")
  })

  test("a target that refuses after a wait is waited for again, but no longer than patience goes in all", () => {
    const failed = { ...tried(alpha, "rate-limited", { retryAfterMs: 1_000 }), endedAtMs: nowMs - 2_000 }
    const other = candidate(beta, { verdict: closedFor(90_000), refused: true })
    const again = (ms: number, ...further: readonly Try[]) => {
      const refusing = candidate(alpha, { verdict: closedFor(ms), refused: true })
      return told(decided(situation([refusing, other], [failed, ...further])))
    }
    expect(again(1_000)).toBe("repeat alpha/one after 1000")
    expect(again(1_001)).toBe("stop: alpha/one wants to be left alone for too long")
    expect(again(3_000, tried(beta, "timeout"))).toBe("repeat alpha/one after 3000")
  })

  test("targets that are unavailable come last, and the router waits for them", () => {
    const shut = candidate(beta, { verdict: closedFor(5_000) })
    expect(told(decided(situation([alpha, shut], [tried(alpha, "server-error")])))).toBe(
      "repeat alpha/one after 250",
    )
    expect(told(decided(situation([alpha, shut], [tried(alpha, "timeout")])))).toBe(
      "move without alpha/one after 0",
    )
  })

  test("but not when the router has tried", () => {
    const shut = candidate(beta, { verdict: closedFor(1_000), refused: true })
    expect(told(decided(situation([alpha, shut], [tried(alpha, "timeout")])))).toBe("stop")
  })

  test("without a router the wait is ours, if it is short", () => {
    const shut = (ms: number) => candidate(alpha, { verdict: closedFor(ms), refused: true })
    const other = candidate(beta, { verdict: closedFor(90_000), refused: true })
    const wait = (ms: number) => told(decided(situation([shut(ms), other], [], { unrouted: true })))
    expect(wait(2_000)).toBe("move without  after 2000")
    expect(wait(4_000)).toBe("stop")
    expect(told(decided(situation([shut(59_000)], [], { unrouted: true })))).toBe("move without  after 59000")
  })
})

describe("at targets with a line for those they throttle", () => {
  /** Its turn comes in so many milliseconds; nobody waits longer than half a minute. */
  const lined = (ms: number): Verdict => ({ ...closedFor(ms), throttled: true, lineMs: 30_000 }) as Verdict
  const throttled = [tried(alpha, "rate-limited"), tried(beta, "rate-limited")]
  const both = (a: Partial<Candidate>, b: Partial<Candidate>, tries: readonly Try[] = throttled) =>
    decided(situation([candidate(alpha, a), candidate(beta, b)], tries))

  test("a call stands in line at once when nothing else is left, beyond its patience", () => {
    const decision = both({ verdict: lined(20_000) }, { verdict: lined(20_000) })
    expect(decision).toMatchObject({
      act: "repeat",
      target: alpha,
      waitMs: 0,
      mayLineUp: true,
      isPaced: true,
    })
  })

  test("of those that take longer than patience goes, where the turn comes soonest", () => {
    expect(told(both({ verdict: lined(20_000) }, { verdict: lined(19_000) }))).toBe(
      "repeat beta/main after 0",
    )
    expect(told(both({ verdict: lined(20_000) }, { verdict: lined(2_000) }))).toBe("repeat beta/main after 0")
    const lower = [candidate(alpha, { verdict: lined(2_000) }), candidate(low, { verdict: lined(1_000) })]
    const tries = [tried(alpha, "rate-limited"), tried(low, "rate-limited")]
    expect(told(decided(situation(lower, tries)))).toBe("repeat alpha/one after 0")
  })

  test("but rather repeats at one that needs no such wait", () => {
    const tries = [tried(alpha, "rate-limited"), tried(beta, "server-error")]
    expect(told(both({ verdict: lined(20_000) }, {}, tries))).toBe("repeat beta/main after 250")
  })

  test("and waits first where it did not throttle the call", () => {
    const tries = [tried(alpha, "server-error")]
    const decision = decided(situation([candidate(alpha, { verdict: lined(90_000) })], tries))
    expect(decision).toMatchObject({ act: "repeat", waitMs: 250, mayLineUp: true, isPaced: false })
  })

  test("whether the turn comes in time the line knows, but a hint longer than the longest wait is known here", () => {
    expect(told(both({ verdict: lined(90_000) }, { verdict: lined(90_000) }))).toBe(
      "repeat alpha/one after 0",
    )
    const hinted = [alpha, beta].map((target) => tried(target, "rate-limited", { retryAfterMs: 31_000 }))
    expect(told(both({ verdict: lined(31_000) }, { verdict: lined(31_000) }, hinted))).toBe(
      "stop: alpha/one wants to be left alone for too long",
    )
  })

  test("a line that was of no use is none", () => {
    const refused = { verdict: lined(20_000), refused: true }
    expect(told(both(refused, refused))).toBe("stop: alpha/one wants to be left alone for too long")
  })

  test("nobody stands in line while a lower tier is open", () => {
    const open = (ms: number) =>
      decided(situation([candidate(alpha, { verdict: lined(ms) }), low], [tried(alpha, "rate-limited")]))
    expect(told(open(20_000))).toBe("move without alpha/one after 0")
    expect(open(2_000)).toMatchObject({ act: "repeat", waitMs: 2_000, mayLineUp: false, isPaced: false })
  })
})

describe("nothing is waited for in vain", () => {
  const failing = [tried(alpha, "server-error")]

  test("no attempt left, no wait", () => {
    expect(told(decided(situation([alpha, beta], failing, { attemptsLeft: 0 })))).toBe(
      "stop: the call has no attempts left",
    )
  })

  test("no wait past the deadline", () => {
    expect(told(decided(situation([alpha], failing, { deadlineMs: nowMs + 250 })))).toBe(
      "stop: another try would begin after the deadline",
    )
    expect(told(decided(situation([alpha], failing, { deadlineMs: nowMs + 251 })))).toBe(
      "repeat alpha/one after 250",
    )
    expect(told(decided(situation([alpha, beta], failing, { deadlineMs: nowMs + 10 }), {}, 0.9))).toBe(
      "move without alpha/one after 0",
    )
  })

  test("an empty budget is seen before the wait", () => {
    const poor = candidate(alpha, { affordable: false })
    expect(told(decided(situation([poor], failing)))).toBe("stop: the retry budget of alpha/one is spent")
    expect(told(decided(situation([poor, low], failing)))).toBe("move without alpha/one after 0")
  })
})

describe("with another plan outside, such as another model", () => {
  const planned = { elsewhere: true }

  test("a sole target gets one try more, and then the call goes on elsewhere", () => {
    const once = situation([alpha], [tried(alpha, "overloaded")], planned)
    expect(told(decided(once))).toBe("repeat alpha/one after 250")
    const twice = situation([alpha], [tried(alpha, "overloaded"), tried(alpha, "overloaded")], planned)
    expect(told(decided(twice))).toBe("stop")
  })

  test.each<FailureClass>(["timeout", "credential", "quota-exhausted"])(
    "%s is not repeated",
    (failureClass) => {
      expect(told(decided(situation([alpha], [tried(alpha, failureClass)], planned)))).toBe("stop")
    },
  )

  test("a hint is waited for no longer than where there are other targets", () => {
    const hinted = (retryAfterMs: number) =>
      situation([alpha], [tried(alpha, "rate-limited", { retryAfterMs })], planned)
    expect(told(decided(hinted(2_000)))).toBe("repeat alpha/one after 2000")
    expect(told(decided(hinted(5_000)))).toMatch(/^stop/)
  })

  test("other targets that are open come first", () => {
    const given = situation([alpha, beta], [tried(alpha, "overloaded")], planned)
    expect(told(decided(given))).toBe("move without alpha/one after 0")
  })

  test("targets that are unavailable are left alone", () => {
    const closed = candidate(beta, { verdict: closedFor(1_000) })
    const given = situation([alpha, closed], [tried(alpha, "credential")], planned)
    expect(told(decided(given))).toBe("stop")
  })

  test("an attempt that hangs can be replaced", () => {
    expect(hasAlternative([alpha], situation([alpha], [], planned), rules)).toBe(true)
    expect(hasAlternative([alpha], situation([alpha], []), rules)).toBe(false)
  })
})

describe("law 11: a sole target gets the repeats of the SDK", () => {
  const sole = (failureClass: FailureClass, more: object = {}, times = 1, extra: object = {}) =>
    told(
      decided(
        situation(
          [candidate(alpha, extra)],
          Array.from({ length: times }, () => tried(alpha, failureClass, more)),
        ),
      ),
    )

  test.each<readonly [FailureClass, object]>([
    ["server-error", { status: 500 }],
    ["overloaded", { status: 503 }],
    ["unreachable", {}],
    ["unreachable", { sameTarget: false }],
    ["timeout", {}],
    ["broken-response", {}],
    ["caller-fault", { status: 409, sameTarget: true }],
  ])("%s %j is repeated twice", (failureClass, more) => {
    expect(sole(failureClass, more)).toBe("repeat alpha/one after 250")
    expect(sole(failureClass, more, 2)).toBe("repeat alpha/one after 250")
    expect(sole(failureClass, more, 3)).toBe("stop")
  })

  test.each<readonly [FailureClass, object]>([
    ["caller-fault", { status: 400 }],
    ["credential", { status: 401 }],
    ["model-missing", { status: 404 }],
    ["quota-exhausted", { status: 429 }],
    ["server-error", { status: 500, sameTarget: false }],
  ])("%s %j is not", (failureClass, more) => {
    expect(sole(failureClass, more)).toBe("stop")
  })

  test("hints up to a minute are waited for, longer ones are told to the caller", () => {
    expect(sole("rate-limited", { retryAfterMs: 60_000 })).toBe("repeat alpha/one after 60000")
    expect(sole("rate-limited", { retryAfterMs: 60_001 })).toBe(
      "stop: alpha/one wants to be left alone for too long",
    )
  })

  test("a park does not stop it, a circuit that opens soon again is waited for", () => {
    expect(sole("server-error", {}, 1, { verdict: closedFor(600_000, true) })).toBe(
      "repeat alpha/one after 250",
    )
    expect(sole("server-error", {}, 1, { verdict: closedFor(5_000) })).toBe("repeat alpha/one after 5000")
    expect(sole("server-error", {}, 1, { verdict: closedFor() })).toBe("stop: alpha/one takes no attempt now")
  })
})

describe("law 3: a hint is a lower bound", () => {
  test("jitter comes on top of it", () => {
    const given = situation([alpha], [tried(alpha, "rate-limited", { retryAfterMs: 10_000 })])
    expect(told(decided(given, {}, 0.5))).toBe("repeat alpha/one after 11000")
  })

  test("a gate that others closed for longer holds too", () => {
    const gated = candidate(alpha, { verdict: closedFor(8_000) })
    const given = situation([gated], [tried(alpha, "rate-limited", { retryAfterMs: 1_000 })])
    expect(told(decided(given))).toBe("repeat alpha/one after 8000")
  })

  test("without a hint the backoff grows with the wait before", () => {
    const before = candidate(alpha, { previousMs: 500 })
    const given = situation([before], [tried(alpha, "server-error"), tried(alpha, "server-error")])
    expect(told(decided(given, {}, 0.5))).toBe("repeat alpha/one after 875")
  })
})

describe("law 9: a target that failed comes again only after those untried", () => {
  test("of its tier", () => {
    const tries = [tried(alpha, "server-error")]
    expect(told(decided(situation([alpha, beta], tries, { attemptsLeft: 1 })))).toBe(
      "move without alpha/one after 0",
    )
  })
})

describe("law 14: what may have been done is not done twice", () => {
  const once = { repeatable: false }

  test.each<readonly [FailureClass, object, boolean]>([
    ["timeout", {}, false],
    ["broken-response", {}, false],
    ["server-error", { status: 500 }, false],
    ["overloaded", { status: 503 }, false],
    ["unreachable", {}, false],
    ["unreachable", { sameTarget: false }, true],
    ["unreachable", { cause: { code: "ECONNREFUSED" } }, true],
    ["unreachable", { cause: { code: "ECONNRESET" } }, false],
    ["rate-limited", {}, true],
    ["credential", {}, true],
  ])("a creation that ended as %s %j goes on: %s", (failureClass, more, goesOn) => {
    const decision = decided(situation([alpha, beta], [tried(alpha, failureClass, more)], once))
    expect(decision.act).toBe(goesOn ? "move" : "stop")
  })
})

describe("context-length", () => {
  const small = target("small/main", 0, { contextTokens: 8_000 })
  const large = target("large/main", 1, { contextTokens: 128_000 })

  test("moves only to an endpoint that is declared to hold more", () => {
    expect(told(decided(situation([small, beta, large], [tried(small, "context-length")])))).toBe(
      "move without small/main beta/main after 0",
    )
    expect(told(decided(situation([small, large], [tried(large, "context-length")])))).toBe("stop")
    expect(told(decided(situation([beta, large], [tried(beta, "context-length")])))).toBe(
      "move without beta/main after 0",
    )
  })
})

test("content-policy moves if asked to", () => {
  const given = situation([alpha, second, beta], [tried(alpha, "content-policy")])
  expect(told(decided(given, { contentPolicy: "move" }))).toBe("move without alpha/one alpha/two after 0")
})

describe("whether a limit may cut an attempt (law 11)", () => {
  const alternative = (given: Situation) => hasAlternative([alpha], given, rules)

  test("another endpoint that takes calls is an alternative", () => {
    expect(alternative(situation([alpha, beta], []))).toBe(true)
    expect(alternative(situation([alpha, low], []))).toBe(true)
  })

  test.each<readonly [string, Situation]>([
    ["another key of the same endpoint", situation([alpha, second], [])],
    ["one that is unavailable", situation([alpha, candidate(beta, { verdict: closedFor(1) })], [])],
    ["one that was tried", situation([alpha, beta], [tried(beta, "credential")])],
    ["one that the call has no attempt for", situation([alpha, beta], [], { attemptsLeft: 0 })],
    ["none for what must not be done twice", situation([alpha, beta], [], { repeatable: false })],
  ])("not %s", (_name, given) => {
    expect(alternative(given)).toBe(false)
  })
})
