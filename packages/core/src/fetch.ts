import type { Pipeline, CallResult, Route } from "./pipeline.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { CallInput } from "./read-request.ts"

/** Gives a pipeline the shape of `fetch`. */
export function createFetch(
  call: (input: CallInput) => Promise<CallResult>,
  route: (url: string | URL) => Route | undefined,
): Pipeline["fetch"] {
  return async (input, init) => {
    const isRequest = typeof input === "object" && "url" in input
    const found = route(isRequest ? input.url : input)
    if (found === undefined)
      throw new PipelineError(
        "foreign-url",
        "The URL belongs to no endpoint of this pipeline: use a path such as /chat/completions, or configure the endpoint.",
      )
    const request: RequestInit = isRequest ? input : {}
    const { method = request.method, headers = request.headers, body = request.body } = init ?? {}
    const { signal = request.signal } = init ?? {}
    const result = await call({ ...found, method, headers, body, signal })
    if (result.ok) return result.response
    if (result.failure.class === "cancelled" && signal?.aborted) throw signal.reason
    if (result.failure.response !== undefined) return result.toResponse()
    throw result.error
  }
}
