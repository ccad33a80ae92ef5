import { createFetch as createFetchOver } from "@bellwether/fetch"
import type { FetchOptions, PipelineFetch } from "@bellwether/fetch"
import { bellwether } from "./bellwether.ts"
import type { Bellwether } from "./bellwether.ts"
import type { BellwetherOptions } from "./options.ts"

export { chat } from "@bellwether/fetch"
export type { ChatMessage, ChatOptions, PipelineFetch } from "@bellwether/fetch"

/** What {@link createFetch} is told. Its `fetch` sends everything, also what belongs to no endpoint. */
export type BellwetherFetchOptions = Omit<BellwetherOptions, "fetch"> & FetchOptions

/**
 * A drop-in `fetch` over a pipeline in the default stack: paths and the endpoints' own URLs are routed, others pass
 * untouched. The pipeline is there as `fetch.pipeline`.
 *
 * @example
 * const fetch = createFetch({ endpoints })
 * const text = await chat(fetch.pipeline, "gpt-4o-mini", "Why do sheep follow a bell?")
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function createFetch(
  options: BellwetherFetchOptions,
): PipelineFetch & { readonly pipeline: Bellwether } {
  const pipeline = bellwether(options)
  const { fetch } = options
  return Object.assign(createFetchOver(pipeline, fetch === undefined ? {} : { fetch }), { pipeline })
}
