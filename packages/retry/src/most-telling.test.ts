import type { FailureClass } from "@bellwether/wire"
import { expect, test } from "vitest"
import { failure } from "../test/situations.ts"
import { mostTelling } from "./most-telling.ts"

test.each<readonly [FailureClass, readonly [FailureClass, ...FailureClass[]]]>([
  ["caller-fault", ["rate-limited", "caller-fault", "server-error"]],
  ["content-policy", ["server-error", "content-policy", "caller-fault"]],
  ["rate-limited", ["server-error", "overloaded", "rate-limited", "credential"]],
  ["overloaded", ["quota-exhausted", "server-error", "overloaded"]],
  ["server-error", ["credential", "server-error", "quota-exhausted"]],
  ["quota-exhausted", ["credential", "quota-exhausted", "forbidden"]],
  ["credential", ["forbidden", "credential", "model-missing"]],
  ["forbidden", ["model-missing", "forbidden", "timeout"]],
  ["model-missing", ["broken-response", "model-missing"]],
  ["broken-response", ["unreachable", "timeout", "broken-response"]],
  ["timeout", ["unreachable", "timeout"]],
  ["unreachable", ["call-refused", "target-refused", "unreachable"]],
])("%s tells the most", (expected, [first, ...others]) => {
  const failed = [...others].map((each) => ({ failure: failure(each) }))
  expect(mostTelling([{ failure: failure(first) }, ...failed]).failure.class).toBe(expected)
})

test("of equals the first is told", () => {
  const at = (status: number) => ({ failure: failure("server-error", { status }) })
  expect(mostTelling([at(500), at(502)]).failure.status).toBe(500)
})
