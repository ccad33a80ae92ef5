import type { Verdict } from "@bellwether/core"
import { expect, test } from "vitest"
import { candidate, closedFor, nowMs, target } from "../test/scenes.ts"
import { noTarget } from "./no-target.ts"

test("says of every target why, and when the first is back", () => {
  const { failure } = noTarget(
    [candidate(target("alpha/main"), closedFor(90_000)), candidate(target("beta/main"), closedFor(11_500))],
    nowMs,
  )
  expect(failure).toEqual({
    class: "call-refused",
    code: "no-target",
    message:
      "No target takes this call now: alpha/main (closed); beta/main (closed). The first is back in 12 s.",
    retryAfterMs: 11_500,
  })
})

test("that all limit the rate is the 429 that SDKs know; one that does not is enough for none", () => {
  const throttled = { ...closedFor(11_500), throttled: true } as Verdict
  const alpha = candidate(target("alpha/main"), throttled)
  expect(noTarget([alpha, candidate(target("beta/main"), throttled)], nowMs).failure).toMatchObject({
    class: "rate-limited",
    code: "rate-limited",
    retryAfterMs: 11_500,
  })
  expect(noTarget([alpha, candidate(target("beta/main"), closedFor(1_000))], nowMs).failure).toMatchObject({
    class: "call-refused",
    code: "no-target",
  })
})

test("promises nothing when nobody knows", () => {
  expect(noTarget([candidate(target("alpha/main"), closedFor())], nowMs).failure).not.toHaveProperty(
    "retryAfterMs",
  )
})

test("says that nothing is left when all were tried", () => {
  expect(noTarget([], nowMs).failure.message).toBe(
    "No target is left for this call: every one it may use has been tried.",
  )
})
