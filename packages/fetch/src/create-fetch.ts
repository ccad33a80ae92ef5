import { callable, checkOptions } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"

/** A `fetch` over a pipeline. */
export interface PipelineFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Tells an SDK which `Response` it gets, so that it needs no probe request to find out. */
  readonly Response: typeof Response
}

/** What {@link createFetch} can be told. */
export interface FetchOptions {
  /** Sends what belongs to no endpoint of the pipeline. @default the global `fetch` */
  readonly fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/**
 * A drop-in `fetch`: a path (`/chat/completions`) and a URL below the base URL of any endpoint go through the
 * pipeline, whichever endpoint is right; every other URL goes out untouched and without a key of ours.
 *
 * Resolves to the provider's own error response where there is one, as `fetch` does.
 *
 * @example
 * const fetch = createFetch(pipeline)
 * const response = await fetch("/models")
 *
 * @throws PipelineError when no provider answered
 * @throws `init.signal.reason` when the caller aborts
 */
export function createFetch(pipeline: Pipeline, options: FetchOptions = {}): PipelineFetch {
  checkOptions<FetchOptions>("createFetch", options, { fetch: callable })
  const foreign = options.fetch ?? ((input, init) => globalThis.fetch(input, init))

  function routed(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const url = typeof input === "object" && "url" in input ? input.url : input
    return pipeline.route(url) === undefined ? foreign(input, init) : pipeline.fetch(input, init)
  }
  return Object.assign(routed, { Response: globalThis.Response })
}
