import { placeholderBaseURL } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"
import { noTimeoutMs } from "./deadline.ts"
import { refuseMisplaced } from "./misplaced-options.ts"
import { createSdkFetch } from "./sdk-fetch.ts"
import type { SdkFetch } from "./sdk-fetch.ts"

/** The options of an SDK client that its pipeline supplies. */
export interface SuppliedOptions {
  /** A placeholder: the endpoints have the keys. */
  readonly apiKey: string
  /** None, whatever the environment says, and so for the account headers. */
  readonly adminAPIKey: null
  readonly organization: null
  readonly project: null
  /** A placeholder: the pipeline decides where a call goes. */
  readonly baseURL: string
  readonly fetch: SdkFetch
  /** The pipeline retries. */
  readonly maxRetries: 0
  readonly timeout: number
}

/** Options for a client over a pipeline: those given, with what the pipeline supplies. */
export type OverPipeline<Options> = Omit<Options, keyof SuppliedOptions | "endpoint"> & SuppliedOptions

/** Azure's client builds its deployment paths below it, every other client its plain paths: the pipeline reads both. */
const baseURL: string = new URL("/openai", placeholderBaseURL).href

/**
 * Options for `new OpenAI(...)` or `new AzureOpenAI(...)` of the official SDK that send its calls through a pipeline.
 *
 * A `timeout` becomes the deadline of each call, and ends a little earlier, so that the error is the pipeline's;
 * without one the pipeline's `deadlineMs` rules. AzureOpenAI's `endpoint`, `apiVersion` and `deployment` may stay:
 * each endpoint of the pipeline is addressed in its own way.
 *
 * @example
 * const client = new OpenAI(withPipeline(pipeline, { timeout: 60_000 }))
 *
 * @param clientOptions any other options of the client
 * @throws PipelineError `invalid-options` for an option that belongs to the pipeline, such as `apiKey`
 */
export function withPipeline<const Options extends object = Record<never, never>>(
  pipeline: Pipeline,
  clientOptions?: Options,
): OverPipeline<Options> {
  const { endpoint: _, ...kept }: Readonly<Record<string, unknown>> = { ...clientOptions }
  refuseMisplaced(pipeline, { ...clientOptions })
  const { timeout = noTimeoutMs, logger = console, logLevel } = kept as ReadClientOptions
  const isQuiet = logLevel === "off" || logLevel === "error"
  const supplied: SuppliedOptions = {
    apiKey: "kept-by-bellwether",
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL,
    fetch: createSdkFetch(pipeline, {
      timeoutMs: timeout,
      warn: (sentence) => {
        if (!isQuiet) logger.warn(sentence)
      },
    }),
    maxRetries: 0,
    timeout,
  }
  return { ...kept, ...supplied } as OverPipeline<Options>
}

/** What is read of the client's options. */
interface ReadClientOptions {
  readonly timeout?: number
  readonly logger?: { warn(sentence: string): void }
  readonly logLevel?: string
}
