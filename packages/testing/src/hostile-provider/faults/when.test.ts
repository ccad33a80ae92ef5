import { assert, double, property, record, nat } from "fast-check"
import { describe, expect, test } from "vitest"
import { arrivingRequest } from "../received-request.ts"
import { concerns, isInForce, isTurn, nextChangeMs, type When } from "./when.ts"

const times = record(
  {
    fromMs: nat(1000),
    untilMs: nat(5000),
    cycle: record({ quietMs: nat(500).map((ms) => ms + 1), activeMs: nat(500).map((ms) => ms + 1) }),
  },
  { requiredKeys: [] },
)

describe("times", () => {
  test("a fault without times is always in force and never changes", () => {
    expect(isInForce({}, 0)).toBe(true)
    expect(nextChangeMs({}, 0)).toBeUndefined()
  })

  test("a window begins with its first millisecond and ends before its last", () => {
    const when: When = { fromMs: 10, untilMs: 20 }
    expect([9, 10, 19, 20].map((ms) => isInForce(when, ms))).toEqual([false, true, true, false])
  })

  test("a flapping fault rests first, then works, and starts with its window", () => {
    const when: When = { fromMs: 100, cycle: { quietMs: 10, activeMs: 5 } }
    const elapsed = [99, 100, 109, 110, 114, 115, 124, 125]
    expect(elapsed.map((ms) => isInForce(when, ms))).toEqual([
      false,
      false,
      false,
      true,
      true,
      false,
      false,
      true,
    ])
  })

  test("nothing changes between now and the next change", () => {
    assert(
      property(
        times,
        nat(6000),
        double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (when, ms, part) => {
          const change = nextChangeMs(when, ms) ?? ms + 10_000
          expect(change).toBeGreaterThan(ms)
          expect(isInForce(when, ms + Math.floor((change - ms) * part))).toBe(isInForce(when, ms))
        },
      ),
    )
  })

  test("a window that is over never changes again", () => {
    const when: When = { fromMs: 10, untilMs: 20, cycle: { quietMs: 1, activeMs: 1 } }
    expect([5, 10, 19, 20, 1000].map((ms) => nextChangeMs(when, ms))).toEqual([
      10,
      11,
      20,
      undefined,
      undefined,
    ])
  })
})

describe("requests", () => {
  const { request, receive } = arrivingRequest({
    number: 1,
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: "Bearer sk-1" },
  })
  receive(new TextEncoder().encode('{"model":"gpt-4o","stream":true}'))

  test.each<[When, boolean]>([
    [{}, true],
    [{ route: "chat" }, true],
    [{ route: ["models", "responses"] }, false],
    [{ key: "sk-1" }, true],
    [{ key: ["sk-2", "sk-1"] }, true],
    [{ key: "sk" }, false],
    [{ model: "gpt-4o", stream: true }, true],
    [{ model: "gpt-4" }, false],
    [{ stream: false }, false],
  ])("%j concerns it: %s", (when, expected) => {
    expect(concerns(when, request)).toBe(expected)
  })
})

describe("turns", () => {
  const struck = (when: When) => [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((match) => isTurn(when, match, 0.5))

  test.each<[When, number[]]>([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ nth: 3 }, [3]],
    [{ skip: 6 }, [7, 8, 9]],
    [{ every: 4 }, [4, 8]],
    [{ skip: 2, every: 3 }, [5, 8]],
    [{ probability: 0.5 }, []],
    [{ probability: 0.51, nth: 2 }, [2]],
  ])("%j strikes %j of nine", (when, expected) => {
    expect(struck(when)).toEqual(expected)
  })
})
