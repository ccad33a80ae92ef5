import { errorBody, failureTable } from "@bellwether/wire"
import type { Call } from "./call.ts"
import type { Failure, KeptResponse } from "./failure.ts"
import { tellTrail } from "./trail-headers.ts"

/** The HTTP status a failure is told with. */
export function statusOf(failure: Failure): number {
  return failure.response?.status ?? failure.status ?? failureTable[failure.class].status
}

const bodiless = new Set([204, 205, 304])

/**
 * A failed call as the response an SDK knows how to read: the provider's own where there is one, else one of
 * ours in its shape. `x-should-retry: false` on both: everything that could be tried has been.
 */
export function errorResponse(failure: Failure, call: Call): Response {
  const response =
    failure.response === undefined
      ? ownResponse(failure, call)
      : providerResponse(failure.response, failure.retryAfterMs, call.candidates.length === 1)
  tellTrail(response.headers, call)
  return response
}

function providerResponse(
  { status, headers, body }: KeptResponse,
  retryAfterMs: number | undefined,
  isSole: boolean,
): Response {
  const kept = new Headers(headers)
  kept.delete("content-encoding")
  kept.delete("content-length")
  kept.set("x-should-retry", "false")
  // With other targets about, when this one is back is not the whole truth.
  if (!isSole || !kept.has("retry-after")) setRetryAfter(kept, retryAfterMs)
  return new Response(bodiless.has(status) ? null : body, { status, headers: kept })
}

function ownResponse(failure: Failure, call: Call): Response {
  const status = statusOf(failure)
  const headers = new Headers({
    "content-type": "application/json",
    "x-request-id": call.id,
    "x-should-retry": "false",
  })
  setRetryAfter(headers, failure.retryAfterMs)
  const { message, code } = failure
  const { type } = failureTable[failure.class]
  const body = errorBody(call.operation.grammar, { message, type, code, param: null, trail: call.trail })
  return new Response(body, { status, headers })
}

function setRetryAfter(headers: Headers, retryAfterMs: number | undefined): void {
  if (retryAfterMs === undefined) return
  headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1000))))
  headers.set("retry-after-ms", String(Math.ceil(retryAfterMs)))
}
