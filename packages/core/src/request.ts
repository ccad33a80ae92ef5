import type { Target } from "./target.ts"

/**
 * A body as it can be sent any number of times. A `ReadableStream` stands for one that was too large to be
 * buffered: its call gets a single attempt.
 */
export type RequestBody = string | Uint8Array<ArrayBuffer> | FormData | Blob | ReadableStream<Uint8Array>

/** What the caller asked for, before a target is chosen: no origin, no credentials. */
export interface CallRequest {
  /** Upper case. */
  readonly method: string
  /** Below the endpoint's base URL, starting with a slash: `/chat/completions`. */
  readonly path: string
  /** With its leading `?`, or empty. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody | undefined
}

/** What goes to one target. `fetch(request.url, request)` sends it. */
export interface AttemptRequest {
  readonly url: string
  readonly target: Target
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody | undefined
  readonly signal: AbortSignal
  readonly redirect: "manual"
  readonly duplex?: "half" | undefined
}
