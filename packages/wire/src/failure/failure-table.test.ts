import { describe, expect, test } from "vitest"
import type { FailureClass } from "./failure-class.ts"
import { type FailureRow, failureTable } from "./failure-table.ts"

type Decision = readonly [
  FailureRow["sameTarget"],
  FailureRow["otherKey"],
  FailureRow["otherEndpoint"],
  FailureRow["health"],
  FailureRow["scope"],
  FailureRow["park"],
]

// The table of the design, row by row.
const decisions: Readonly<Record<FailureClass, Decision>> = {
  "caller-fault": ["no", false, "no", "neutral", "none", "no"],
  "context-length": ["no", false, "larger-context", "neutral", "none", "no"],
  "content-policy": ["no", false, "opt-in", "neutral", "none", "no"],
  "model-missing": ["no", false, "yes", "neutral", "endpoint-model", "at-once"],
  credential: ["no", true, "yes", "key", "key", "at-once"],
  forbidden: ["no", true, "yes", "neutral", "key", "after-three-calls"],
  "quota-exhausted": ["no", true, "yes", "key", "key", "at-once"],
  "rate-limited": ["after-hint", true, "yes", "neutral", "key-model", "no"],
  overloaded: ["yes", false, "yes", "counts", "endpoint-model", "no"],
  "server-error": ["yes", false, "yes", "counts", "endpoint-model", "no"],
  unreachable: ["once", false, "yes", "counts", "endpoint", "no"],
  timeout: ["no", false, "yes", "counts", "endpoint-model", "no"],
  "broken-response": ["once", false, "yes", "counts", "endpoint-model", "no"],
  cancelled: ["no", false, "no", "neutral", "none", "no"],
  superseded: ["no", false, "no", "neutral", "none", "no"],
  "target-refused": ["no", true, "yes", "neutral", "none", "no"],
  "call-refused": ["no", false, "no", "neutral", "none", "no"],
}

describe("the failure table", () => {
  test.each(Object.entries(decisions))("decides %s as the design says", (failureClass, decision) => {
    const row = failureTable[failureClass as FailureClass]
    expect([row.sameTarget, row.otherKey, row.otherEndpoint, row.health, row.scope, row.park]).toEqual(
      decision,
    )
  })

  test("has no row beside the seventeen classes", () => {
    expect(Object.keys(failureTable).toSorted()).toEqual(Object.keys(decisions).toSorted())
  })

  test.each([
    ["caller-fault", 400, "invalid_request_error"],
    ["context-length", 400, "invalid_request_error"],
    ["content-policy", 400, "invalid_request_error"],
    ["model-missing", 404, "invalid_request_error"],
    ["credential", 401, "authentication_error"],
    ["forbidden", 403, "permission_error"],
    ["quota-exhausted", 429, "insufficient_quota"],
    ["rate-limited", 429, "rate_limit_error"],
    ["overloaded", 503, "overloaded_error"],
    ["server-error", 502, "server_error"],
    ["unreachable", 502, "server_error"],
    ["timeout", 504, "timeout_error"],
    ["broken-response", 502, "server_error"],
    ["target-refused", 503, "server_error"],
    ["call-refused", 503, "server_error"],
  ] as const)("shows %s to an SDK as %i %s", (failureClass, status, type) => {
    expect(failureTable[failureClass]).toMatchObject({ status, type })
  })

  test.each(Object.entries(failureTable))(
    "gives %s a status that a Response can have",
    (_, { status, type }) => {
      expect(() => new Response("{}", { status })).not.toThrow()
      expect(status).toBeGreaterThanOrEqual(400)
      expect(type).toMatch(/^[a-z_]+$/)
    },
  )
})
