import { withPipeline } from "@bellwether/openai"
import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule, HostileProvider, LoggedRequest } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions, EndpointOptions } from "bellwether"
import type { OpenAI } from "openai"
import type { Sdk } from "./sdks.ts"

/** Two real providers on loopback, a pipeline over them, and a client of one version of the SDK. */
export interface Stage extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly fallback: HostileProvider
  readonly pipeline: Bellwether
  readonly client: OpenAI
}

/** What a test wants otherwise. */
export interface StageOptions {
  /** What is wrong with the primary. */
  readonly faults?: readonly FaultRule[]
  /** Leaves the fallback out of the pipeline. */
  readonly isSole?: boolean
  /** More about the fallback. */
  readonly endpoint?: Partial<EndpointOptions>
  readonly client?: object
  readonly pipeline?: Partial<BellwetherOptions>
}

/** Sets everything up; it ends with the test that owns it. */
export async function setUp({ OpenAI }: Sdk, options: StageOptions = {}): Promise<Stage> {
  const primary = await startHostileProvider({ keys: ["sk-primary"], faults: options.faults ?? [] })
  const fallback = await startHostileProvider({ keys: ["sk-fallback"] })
  const first = { id: "primary", baseURL: primary.baseURL, key: "sk-primary" }
  const second = { id: "fallback", baseURL: fallback.baseURL, key: "sk-fallback", ...options.endpoint }
  const pipeline = bellwether({
    endpoints: options.isSole === true ? [first] : [first, second],
    retry: { backoff: () => 1, patienceMs: 0, soloPatienceMs: 0 },
    router: { patienceMs: 0, soloPatienceMs: 0 },
    health: false,
    ...options.pipeline,
  })
  return {
    primary,
    fallback,
    pipeline,
    client: new OpenAI(withPipeline(pipeline, options.client)),
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await Promise.all([primary.close(), fallback.close()])
    },
  }
}

/** A question to a model. */
export const question = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}

/** How often the SDK itself had tried before each request. */
export const retryCounts = (provider: HostileProvider): readonly (string | undefined)[] =>
  provider.requests.map(({ headers }) => headers["x-stainless-retry-count"])

/** The paths a provider was asked for. */
export const paths = (provider: HostileProvider): readonly string[] =>
  provider.requests.map(({ path }) => path)

/** The only request a provider has got. */
export function only(provider: HostileProvider): LoggedRequest {
  const [request, ...others] = provider.requests
  if (request === undefined || others.length > 0)
    throw new Error(`There should be one request, not ${provider.requests.length}.`)
  return request
}
