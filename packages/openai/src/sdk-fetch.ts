import type { Pipeline } from "@bellwether/core"
import { isEventStream } from "@bellwether/wire"
import type { Operation } from "@bellwether/wire"
import { readDeadline } from "./deadline.ts"

/** A `fetch` for the official SDKs. */
export interface SdkFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Tells an SDK which `Response` it gets, so that it needs no probe request to find out. */
  readonly Response: typeof Response
}

/** What an SDK's `fetch` needs beside the pipeline. */
export interface SdkFetchOptions {
  /** The client's own timeout in milliseconds. */
  readonly timeoutMs: number
  readonly warn: (sentence: string) => void
}

const retriesAreOn =
  "The OpenAI client repeats calls the pipeline has given up, which multiplies the load on every provider: " +
  "leave maxRetries at 0, and let the pipeline retry."

const made = new WeakSet<object>()

/** Whether a client has a `fetch` of ours already. */
export const isSdkFetch = (fetch: unknown): boolean => typeof fetch === "function" && made.has(fetch)

/**
 * Sends an SDK's requests through a pipeline. What leads to none of its endpoints (the SDK's `data:,` probe, a URL
 * of somebody else) goes to the global `fetch` as it is, and no key of the pipeline is on it.
 *
 * Rejects only when the caller aborts. Every other failure is a response: an SDK takes whatever is thrown for a
 * broken connection, and loses what it says.
 */
export function createSdkFetch(pipeline: Pipeline, { timeoutMs, warn }: SdkFetchOptions): SdkFetch {
  let hasWarned = false

  async function callPipeline(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const isRequest = typeof input === "object" && "url" in input
    const route = pipeline.route(isRequest ? input.url : input)
    if (route === undefined) return globalThis.fetch(input, init)
    const { method, body, signal, headers: given } = isRequest ? input : init
    const headers = new Headers(given)
    if (!hasWarned && Number(headers.get("x-stainless-retry-count")) > 0) {
      hasWarned = true
      warn(retriesAreOn)
    }
    const deadlineMs = readDeadline(timeoutMs, headers.get("x-stainless-timeout"))
    const result = await pipeline.call({ ...route, headers, method, body, signal, deadlineMs })
    if (result.ok) return readable(result.response, result.call.operation)
    if (result.failure.class === "cancelled" && signal?.aborted) throw signal.reason
    return result.toResponse()
  }

  const fetch = Object.assign(callPipeline, { Response: globalThis.Response })
  made.add(fetch)
  return fetch
}

/** The pipeline has read this JSON and found it whole; under another name an SDK would hand it over as text. */
function readable(response: Response, { answer }: Operation): Response {
  const { body, status, statusText } = response
  const contentType = response.headers.get("content-type")
  const isNamed = contentType?.includes("application/json") === true || isEventStream(contentType)
  if (answer !== "json" || isNamed || body === null) return response
  const headers = new Headers(response.headers)
  headers.set("content-type", "application/json")
  return new Response(body, { status, statusText, headers })
}
