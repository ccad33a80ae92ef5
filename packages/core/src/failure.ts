import type { FailureClass, FailureScope, ProviderError } from "@bellwether/wire"

/** A provider's own error response, kept whole so that the caller can get it as it came. */
export interface KeptResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
}

/** Why an attempt or a call failed: classified once, by the failure table. */
export interface Failure {
  readonly class: FailureClass
  /** Noun-verb name of the exact fault, such as `stream-cut` or `circuit-open`. */
  readonly code: string
  /** A sentence: what happened and, where there is something, what to do. Holds no provider text and no key. */
  readonly message: string
  readonly status?: number
  /** Milliseconds the provider (or we) asked to wait before this scope is tried again. */
  readonly retryAfterMs?: number
  /** The provider's word on repeating at the same target, where it differs from the table (`x-should-retry`). */
  readonly sameTarget?: boolean
  /** What a gate or a park made of it covers, where that differs from the table (a limit of the whole account). */
  readonly scope?: FailureScope
  /** What the provider said. May hold provider text: never logged unless asked for. */
  readonly provider?: ProviderError
  /** The provider's own error response. */
  readonly response?: KeptResponse
  /** The call's deadline had shortened the limit that passed: it says nothing of the target's health. */
  readonly shortened?: true
  readonly cause?: unknown
}
