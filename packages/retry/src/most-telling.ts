import type { FailureClass } from "@bellwether/wire"
import type { Failure } from "@bellwether/core"

/** What a caller can do most about comes first; our own refusals tell the least. */
const ranks: Readonly<Record<FailureClass, number>> = {
  "caller-fault": 0,
  "context-length": 0,
  "content-policy": 0,
  "rate-limited": 1,
  overloaded: 2,
  "server-error": 3,
  "quota-exhausted": 4,
  credential: 5,
  forbidden: 6,
  "model-missing": 7,
  "broken-response": 8,
  timeout: 9,
  unreachable: 10,
  "target-refused": 11,
  "call-refused": 11,
  cancelled: 12,
  superseded: 12,
}

/** Of all that went wrong in a call, what the caller should be told: of equals the first. */
export function mostTelling<T extends { readonly failure: Failure }>(failed: readonly [T, ...T[]]): T {
  return failed.reduce((best, next) => (ranks[next.failure.class] < ranks[best.failure.class] ? next : best))
}
