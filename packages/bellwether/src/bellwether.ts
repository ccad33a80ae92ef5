import { circuitBreaker } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"
import { metrics } from "@bellwether/metrics"
import type { Metrics } from "@bellwether/metrics"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { timeout } from "@bellwether/timeout"
import { checkOwnOptions } from "./options.ts"
import type { BellwetherOptions } from "./options.ts"
import { withPlugins } from "./stack.ts"

/** A pipeline in the default stack. */
export interface Bellwether extends Pipeline {
  /** What has been counted: `metrics.snapshot()`. */
  readonly metrics: Pick<Metrics, "snapshot" | "reset">
}

/**
 * A pipeline in the default stack: metrics, retry, router, circuit breaker, timeout. Everything but the endpoints may
 * be left out.
 *
 * @example
 * const pipeline = bellwether({
 *   endpoints: [
 *     { id: "openai", baseURL: "https://api.openai.com/v1", key: process.env.OPENAI_API_KEY },
 *     { id: "relay", baseURL: "https://relay.example/v1", key: process.env.RELAY_API_KEY },
 *   ],
 * })
 * const response = await pipeline.fetch("/models")
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function bellwether(options: BellwetherOptions): Bellwether {
  checkOwnOptions(options)
  const { metrics: counts, retry: ofRetry, router: ofRouter, circuitBreaker: ofCircuits, ...others } = options
  const { timeout: ofTimeouts, use = [], ...ofPipeline } = others
  const counter = metrics()
  const stack = [
    ...(counts === false ? [] : [counter]),
    ...(ofRetry === false ? [] : [retry(ofRetry)]),
    ...(ofRouter === false ? [] : [router(ofRouter)]),
    ...(ofCircuits === false ? [] : [circuitBreaker(ofCircuits)]),
    ...(ofTimeouts === false ? [] : [timeout(ofTimeouts)]),
  ]
  return { ...createPipeline({ ...ofPipeline, use: withPlugins(stack, use) }), metrics: counter }
}
