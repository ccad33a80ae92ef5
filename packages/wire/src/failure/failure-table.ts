import type { FailureClass, FailureScope } from "./failure-class.ts"

/** What follows from a failure of one class. */
export interface FailureRow {
  /** Whether the same target may be tried again; `after-hint` waits for the provider's Retry-After first. */
  readonly sameTarget: "no" | "once" | "yes" | "after-hint"
  /** Whether another key of the same endpoint may answer. */
  readonly otherKey: boolean
  /**
   * Whether another endpoint may answer; `larger-context` only one declared to hold more, `opt-in` only if the user
   * asked for it.
   */
  readonly otherEndpoint: "no" | "yes" | "larger-context" | "opt-in"
  /** Whether it counts against the health of the target, of its key alone, or of nobody. */
  readonly health: "counts" | "key" | "neutral"
  /** What a gate or a park of this class covers. */
  readonly scope: FailureScope
  /** Whether the scope is parked: taken out of use without the provider having named a time. */
  readonly park: "no" | "at-once" | "after-three-calls"
  /** HTTP status of an error that we make ourselves of this class; it decides the SDK's error class. */
  readonly status: number
  /** OpenAI's error `type` of an error that we make ourselves of this class. */
  readonly type: string
}

const callersOwn = {
  sameTarget: "no",
  otherKey: false,
  otherEndpoint: "no",
  health: "neutral",
  scope: "none",
  park: "no",
  status: 400,
  type: "invalid_request_error",
} satisfies FailureRow

const keysOwn = {
  sameTarget: "no",
  otherKey: true,
  otherEndpoint: "yes",
  health: "key",
  scope: "key",
  park: "at-once",
} satisfies Partial<FailureRow>

const providersOwn = {
  sameTarget: "yes",
  otherKey: false,
  otherEndpoint: "yes",
  health: "counts",
  scope: "endpoint-model",
  park: "no",
} satisfies Partial<FailureRow>

/** The failure table: what each class of failure allows, and whom it speaks against. */
export const failureTable: Readonly<Record<FailureClass, FailureRow>> = {
  "caller-fault": callersOwn,
  "context-length": { ...callersOwn, otherEndpoint: "larger-context" },
  "content-policy": { ...callersOwn, otherEndpoint: "opt-in" },
  "model-missing": {
    ...callersOwn,
    otherEndpoint: "yes",
    scope: "endpoint-model",
    park: "at-once",
    status: 404,
  },
  credential: { ...keysOwn, status: 401, type: "authentication_error" },
  forbidden: {
    ...keysOwn,
    health: "neutral",
    park: "after-three-calls",
    status: 403,
    type: "permission_error",
  },
  "quota-exhausted": { ...keysOwn, status: 429, type: "insufficient_quota" },
  "rate-limited": {
    sameTarget: "after-hint",
    otherKey: true,
    otherEndpoint: "yes",
    health: "neutral",
    scope: "key-model",
    park: "no",
    status: 429,
    type: "rate_limit_error",
  },
  overloaded: { ...providersOwn, status: 503, type: "overloaded_error" },
  "server-error": { ...providersOwn, status: 502, type: "server_error" },
  unreachable: { ...providersOwn, sameTarget: "once", scope: "endpoint", status: 502, type: "server_error" },
  timeout: { ...providersOwn, sameTarget: "no", status: 504, type: "timeout_error" },
  "broken-response": { ...providersOwn, sameTarget: "once", status: 502, type: "server_error" },
  cancelled: { ...callersOwn, status: 499, type: "cancelled" },
  superseded: { ...callersOwn, status: 499, type: "cancelled" },
  "target-refused": {
    ...callersOwn,
    otherKey: true,
    otherEndpoint: "yes",
    status: 503,
    type: "server_error",
  },
  "call-refused": { ...callersOwn, status: 503, type: "server_error" },
}
