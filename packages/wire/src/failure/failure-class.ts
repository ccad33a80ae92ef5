/**
 * What the end of an attempt means. Every failure in Bellwether is one of these; what follows from it is the row of
 * {@link failureTable}.
 */
export type FailureClass =
  | "caller-fault"
  | "context-length"
  | "content-policy"
  | "model-missing"
  | "credential"
  | "forbidden"
  | "quota-exhausted"
  | "rate-limited"
  | "overloaded"
  | "server-error"
  | "unreachable"
  | "timeout"
  | "broken-response"
  | "cancelled"
  | "superseded"
  | "target-refused"
  | "call-refused"

/**
 * What a failure speaks of, and so what a gate or a park made of it covers: nothing beyond the call, the key (with
 * every model), the key for one model, the endpoint (with every key) for one model, or the whole endpoint.
 */
export type FailureScope = "none" | "key" | "key-model" | "endpoint-model" | "endpoint"
