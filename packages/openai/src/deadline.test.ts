import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { noTimeoutMs, readDeadline } from "./deadline.ts"

describe("the deadline of a call from the SDK", () => {
  test.for([
    ["a client without a timeout leaves it to the pipeline", noTimeoutMs, null, undefined],
    ["a client's timeout counts to the millisecond", 1_500, null, 1_450],
    ["a short timeout gives away no more than a twentieth", 200, null, 190],
    ["a request's own timeout comes before the client's", 1_500, "60", 59_950],
    ["a request's own timeout comes before the pipeline's deadline", noTimeoutMs, "60", 59_950],
    ["a short one of its own is left to the SDK, because the SDK cuts off the fraction", 60_000, "1", 2_000],
    ["one below a second is told as zero", 60_000, "0", 1_000],
    ["openai 4 tells the client's own timeout: the exact one counts", 1_999, "1", 1_949],
    ["openai 4 tells that there is no timeout", noTimeoutMs, "2147483", undefined],
    ["a header nobody can read changes nothing", 1_500, "soon", 1_450],
  ] as const)("%s", ([, timeoutMs, header, expected]) => {
    expect(readDeadline(timeoutMs, header)).toBe(expected)
  })

  test("a request's own timeout of ten seconds or more is never waited out by the SDK, and loses at most a second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 3_600_000 }), (requestTimeoutMs) => {
        const deadlineMs = readDeadline(noTimeoutMs, String(Math.trunc(requestTimeoutMs / 1000)))!
        expect(deadlineMs).toBeLessThan(requestTimeoutMs)
        expect(deadlineMs).toBeGreaterThan(requestTimeoutMs - 1_050)
      }),
    )
  })

  test("a request's own short timeout is never cut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), (requestTimeoutMs) => {
        const deadlineMs = readDeadline(noTimeoutMs, String(Math.trunc(requestTimeoutMs / 1000)))!
        expect(deadlineMs).toBeGreaterThan(requestTimeoutMs)
      }),
    )
  })
})
