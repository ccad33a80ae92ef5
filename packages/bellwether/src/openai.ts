import { withPipeline } from "@bellwether/openai"
import { OpenAI } from "openai"
import type { ClientOptions } from "openai"
import { bellwether } from "./bellwether.ts"
import type { Bellwether } from "./bellwether.ts"
import type { BellwetherOptions } from "./options.ts"

export { withPipeline } from "@bellwether/openai"
export type { OverPipeline, SdkFetch, SuppliedOptions } from "@bellwether/openai"

/** What {@link createOpenAI} is told. */
export interface OpenAIOptions extends BellwetherOptions {
  /** Options of the client that the pipeline does not decide: `timeout`, `defaultHeaders`, `logger`, … @default {} */
  readonly client?: Omit<
    ClientOptions,
    "apiKey" | "adminAPIKey" | "baseURL" | "fetch" | "maxRetries" | "organization" | "project" | "provider"
  >
}

/**
 * The official OpenAI client over a pipeline in the default stack: in place of `new OpenAI(...)`, everything else
 * stays. The pipeline is there as `client.pipeline`.
 *
 * @example
 * const client = createOpenAI({
 *   endpoints: [
 *     { id: "openai", baseURL: "https://api.openai.com/v1", key: process.env.OPENAI_API_KEY },
 *     { id: "relay", baseURL: "https://relay.example/v1", key: process.env.RELAY_API_KEY },
 *   ],
 * })
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function createOpenAI(options: OpenAIOptions): OpenAI & { readonly pipeline: Bellwether } {
  const { client = {}, ...rest } = options
  const pipeline = bellwether(rest)
  return Object.assign(new OpenAI(withPipeline(pipeline, client)), { pipeline })
}
