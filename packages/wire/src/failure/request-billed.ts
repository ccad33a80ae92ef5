import type { FailureClass } from "./failure-class.ts"

/** What ends an attempt whose provider is at work. Before the other failures it has refused, or could not work. */
const atWork: ReadonlySet<FailureClass> = new Set([
  "cancelled",
  "superseded",
  "call-refused",
  "timeout",
  "broken-response",
])

/**
 * Whether the provider bills the request of an attempt that failed so: it was sent, and not refused, whatever became of
 * the answer and whoever gave it up.
 */
export const isRequestBilled = (failure: FailureClass): boolean => atWork.has(failure)
