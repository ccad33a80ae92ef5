import type { FailureClass } from "@bellwether/wire"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { failure, target } from "../test/situations.ts"
import { afterEvidence, afterFailure, afterRenewal, afterSuccess } from "./ledger.ts"
import { blank, holding, mergeLedgers } from "./ledger.ts"
import type { Ledger } from "./ledger.ts"

const dateMs = Date.UTC(2026, 0, 1)
const one = target("alpha/one")
const two = target("alpha/two")

const subject = (where = one, model: string | undefined = "gpt", callId = "call") => ({
  target: where,
  model,
  call: { id: callId },
})

/** What a ledger becomes by failures in a row, each admitted under the one before. */
const failing = (
  failureClass: FailureClass,
  { times = 1, retryAfterMs, atMs = dateMs }: { times?: number; retryAfterMs?: number; atMs?: number } = {},
  from: Ledger = blank,
): Ledger => {
  let ledger = from
  for (let time = 0; time < times; time++) {
    const more = retryAfterMs === undefined ? {} : { retryAfterMs }
    ledger = afterFailure(
      ledger,
      ledger,
      subject(one, "gpt", `call-${time}`),
      failure(failureClass, more),
      atMs,
    ).ledger
  }
  return ledger
}

/** Seconds for which a target and model are held back, by gates and by parks. */
const held = (ledger: Ledger, where = one, model: string | undefined = "gpt", atMs = dateMs) => {
  const seconds = (entry: { untilMs: number } | undefined) =>
    entry === undefined ? 0 : (entry.untilMs - atMs) / 1_000
  const about = { target: where, model }
  return {
    gate: seconds(holding(ledger.gates, about, atMs)),
    park: seconds(holding(ledger.parks, about, atMs)),
  }
}

describe("law 3: a hint gates what the failure table says, for all calls", () => {
  test.each<readonly [FailureClass, object]>([
    ["rate-limited", { sameKeyAndModel: 5, otherModel: 0, otherKey: 0 }],
    ["overloaded", { sameKeyAndModel: 5, otherModel: 0, otherKey: 5 }],
    ["server-error", { sameKeyAndModel: 5, otherModel: 0, otherKey: 5 }],
    ["caller-fault", { sameKeyAndModel: 0, otherModel: 0, otherKey: 0 }],
  ])("%s: %j", (failureClass, expected) => {
    const ledger = failing(failureClass, { retryAfterMs: 5_000 })
    expect({
      sameKeyAndModel: held(ledger).gate,
      otherModel: held(ledger, one, "other").gate,
      otherKey: held(ledger, two).gate,
    }).toEqual(expected)
  })

  test("without a hint there is no gate", () => {
    expect(failing("rate-limited")).toBe(blank)
    expect(failing("rate-limited", { retryAfterMs: 0 })).toBe(blank)
  })

  test("a shorter hint does not open a gate, a longer one keeps it closed", () => {
    const long = failing("rate-limited", { retryAfterMs: 5_000 })
    expect(failing("rate-limited", { retryAfterMs: 1_000 }, long)).toBe(long)
    expect(held(failing("rate-limited", { retryAfterMs: 9_000 }, long)).gate).toBe(9)
  })

  test("a success does not open it", () => {
    const gated = failing("rate-limited", { retryAfterMs: 5_000 })
    expect(afterSuccess(gated, gated, subject(), dateMs).ledger).toBe(gated)
  })
})

describe("parks", () => {
  test.each<readonly [FailureClass, object]>([
    ["credential", { sameKeyAndModel: 60, otherModel: 60, otherKey: 0 }],
    ["quota-exhausted", { sameKeyAndModel: 60, otherModel: 60, otherKey: 0 }],
    ["model-missing", { sameKeyAndModel: 60, otherModel: 0, otherKey: 60 }],
    ["forbidden", { sameKeyAndModel: 0, otherModel: 0, otherKey: 0 }],
    ["server-error", { sameKeyAndModel: 0, otherModel: 0, otherKey: 0 }],
  ])("%s: %j", (failureClass, expected) => {
    const ledger = failing(failureClass)
    expect({
      sameKeyAndModel: held(ledger).park,
      otherModel: held(ledger, one, "other").park,
      otherKey: held(ledger, two).park,
    }).toEqual(expected)
  })

  test("grow with every strike, to ten minutes, and to an hour for a quota", () => {
    const growth = (failureClass: FailureClass) =>
      [1, 2, 3, 4, 5, 8].map((times) => held(failing(failureClass, { times })).park)
    expect(growth("credential")).toEqual([60, 120, 240, 480, 600, 600])
    expect(growth("model-missing")).toEqual([60, 120, 240, 480, 600, 600])
    expect(growth("quota-exhausted")).toEqual([60, 120, 240, 480, 960, 3_600])
  })

  test("last as long as the provider says, if it says", () => {
    expect(held(failing("quota-exhausted", { retryAfterMs: 7_200_000 })).park).toBe(7_200)
  })

  test("of a forbidding provider begin with the third different call", () => {
    expect(held(failing("forbidden", { times: 2 })).park).toBe(0)
    expect(held(failing("forbidden", { times: 3 })).park).toBe(60)
    let same = blank
    for (let time = 0; time < 5; time++)
      same = afterFailure(same, same, subject(), failure("forbidden"), dateMs).ledger
    expect(held(same).park).toBe(0)
  })

  test("count complaints of calls that went on side by side", () => {
    let ledger = blank
    for (const callId of ["a", "b", "c"])
      ledger = afterFailure(ledger, blank, subject(one, "gpt", callId), failure("forbidden"), dateMs).ledger
    expect(held(ledger).park).toBe(60)
  })

  test("count once what many calls met at the same time (law 5)", () => {
    const first = failing("credential")
    const late = afterFailure(first, blank, subject(), failure("credential"), dateMs + 5_000)
    expect(late).toEqual({ ledger: first })
  })

  test("end with a success, and so does their growth", () => {
    const parked = failing("credential", { times: 3 })
    const free = afterSuccess(parked, parked, subject(), dateMs + 1).ledger
    expect(held(free, one, "gpt", dateMs + 1).park).toBe(0)
    expect(held(failing("credential", {}, free)).park).toBe(60)
  })

  test("end not with a success from before (law 5)", () => {
    const parked = failing("credential")
    expect(afterSuccess(parked, blank, subject(), dateMs + 1).ledger).toBe(parked)
  })

  test("end not with the success of another key or another model", () => {
    const parked = failing("model-missing", {}, failing("credential"))
    const byOther = afterSuccess(parked, parked, subject(two, "other"), dateMs + 1).ledger
    expect(held(byOther).park).toBe(60)
  })

  test("end before their time on evidence from outside, for the cause it speaks of and the key it is about", () => {
    const parked = failing("quota-exhausted", { retryAfterMs: 7_200_000 })
    const atMs = dateMs + 1_000
    expect(afterEvidence(parked, one, "credential", atMs)).toEqual({ ledger: parked })
    expect(afterEvidence(parked, two, "quota-exhausted", atMs)).toEqual({ ledger: parked })
    const { ledger, news } = afterEvidence(parked, one, "quota-exhausted", atMs)
    expect(held(ledger, one, "gpt", atMs).park).toBe(0)
    expect(news).toMatchObject({ kind: "park-ended", entry: { cause: "quota-exhausted" } })
    expect(afterEvidence(ledger, one, "quota-exhausted", atMs)).toEqual({ ledger })
  })

  test("that evidence has lifted grow on, until a call succeeds; that is no more news", () => {
    const atMs = dateMs + 1_000
    const free = afterEvidence(failing("credential", { times: 2 }), one, "credential", atMs).ledger
    expect(held(failing("credential", { atMs }, free), one, "gpt", atMs).park).toBe(240)
    const confirmed = afterSuccess(free, free, subject(), atMs)
    expect(confirmed.news).toBeUndefined()
    expect(held(failing("credential", { atMs }, confirmed.ledger), one, "gpt", atMs).park).toBe(60)
  })

  test("forgive what is an hour past", () => {
    const old = failing("credential", { times: 4 })
    const later = dateMs + 480_000 + 3_600_001
    expect(held(failing("credential", { atMs: later }, old), one, "gpt", later).park).toBe(60)
  })
})

test("what is long over is dropped, and no more than a hundred entries are kept", () => {
  let ledger = blank
  for (let model = 0; model < 500; model++)
    ledger = afterFailure(
      ledger,
      ledger,
      subject(one, `model-${model}`),
      failure("model-missing"),
      dateMs + model,
    ).ledger
  expect(Object.keys(ledger.parks)).toHaveLength(100)
  expect(held(ledger, one, "model-499", dateMs + 499).park).toBe(60)
  const later = afterFailure(ledger, ledger, subject(), failure("credential"), dateMs + 86_400_000).ledger
  expect(Object.keys(later.parks)).toHaveLength(1)
})

describe("views of two processes", () => {
  const scope = { endpoint: "alpha" }
  const small = fc.integer({ min: 0, max: 3 })
  const cause = fc.constantFrom<FailureClass>("credential", "forbidden", "rate-limited")
  const gate = fc.record({ scope: fc.constant(scope), untilMs: small, cause })
  const park = fc.record(
    {
      scope: fc.constant(scope),
      generation: small,
      strikes: small,
      untilMs: small,
      cause,
      calls: fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }),
      isLifted: fc.constant<true>(true),
    },
    { requiredKeys: ["scope", "generation", "strikes", "untilMs", "cause", "calls"] },
  )
  const entries = <T>(value: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom("x", "y"), value)
  const ledgers = fc.record({ gates: entries(gate), parks: entries(park) })

  test("join alike in whatever order and how often", () => {
    fc.assert(
      fc.property(ledgers, ledgers, ledgers, (a, b, c) => {
        expect(mergeLedgers(a, b)).toEqual(mergeLedgers(b, a))
        expect(mergeLedgers(a, mergeLedgers(b, c))).toEqual(mergeLedgers(mergeLedgers(a, b), c))
        expect(mergeLedgers(a, a)).toEqual(a)
      }),
    )
  })

  test("a clearing wins over the park it cleared", () => {
    const parked = failing("credential")
    const free = afterSuccess(parked, parked, subject(), dateMs + 1).ledger
    expect(held(mergeLedgers(parked, free), one, "gpt", dateMs + 1).park).toBe(0)
  })
})

describe("a key that is another one now", () => {
  const renewed = (ledger: Ledger, isElsewhere = false): Ledger =>
    afterRenewal(ledger, one, isElsewhere, dateMs).ledger

  test("is parked and gated no more; other keys of the endpoint are", () => {
    const ledger = failing("rate-limited", { retryAfterMs: 5_000 }, failing("credential"))
    const both = afterFailure(ledger, ledger, subject(two), failure("credential"), dateMs).ledger
    expect([held(both), held(both, two)]).toMatchObject([{ gate: 5, park: 60 }, { park: 60 }])
    expect([held(renewed(both)), held(renewed(both), two)]).toMatchObject([
      { gate: 0, park: 0 },
      { park: 60 },
    ])
  })

  test("is not parked for what attempts with the old one still tell", () => {
    for (const before of [blank, failing("credential")]) {
      const late = afterFailure(renewed(before), before, subject(), failure("credential"), dateMs)
      expect(held(late.ledger).park).toBe(0)
    }
  })

  test("leaves what the endpoint has said, unless that is elsewhere", () => {
    const busy = failing("overloaded", { retryAfterMs: 5_000 })
    expect([held(renewed(busy)).gate, held(renewed(busy, true)).gate]).toEqual([5, 0])
  })

  test("is unparked for the fleet too, and that is news if it was parked", () => {
    const parked = failing("credential")
    expect(held(mergeLedgers(parked, renewed(parked))).park).toBe(0)
    expect(afterRenewal(parked, one, false, dateMs).news?.kind).toBe("park-ended")
    expect(afterRenewal(blank, one, false, dateMs).news).toBeUndefined()
  })
})
