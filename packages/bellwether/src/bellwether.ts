import { circuitBreaker } from "@bellwether/circuit-breaker"
import type { CircuitControls } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { Pipeline, Plugin } from "@bellwether/core"
import { fallback } from "@bellwether/fallback"
import { health } from "@bellwether/health"
import type { Health } from "@bellwether/health"
import { hedge } from "@bellwether/hedge"
import { metrics } from "@bellwether/metrics"
import type { Metrics } from "@bellwether/metrics"
import { resume } from "@bellwether/resume"
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
  /** Takes targets out of use by hand, and back: `circuits.drain({ endpoint: "relay" })`. */
  readonly circuits: CircuitControls
  /** How targets are, and probes on demand: `health.snapshot()`. */
  readonly health: Pick<Health, "snapshot" | "history" | "probe">
}

/**
 * A pipeline in the default stack: metrics, retry, router, circuit breaker, timeout, health; and, where they are asked
 * for, fallback, resume and hedge. Everything but the endpoints may be left out.
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
  const {
    metrics: ofMetrics,
    retry: ofRetry,
    router: ofRouter,
    circuitBreaker: ofCircuits,
    ...others
  } = options
  const { timeout: ofTimeout, health: ofHealth, fallback: ofFallback, ...more } = others
  const { resume: ofResume = false, hedge: ofHedge = false, use = [], ...ofPipeline } = more
  const counter = metrics()
  const circuits = circuitBreaker(ofCircuits === false ? {} : ofCircuits)
  const watch = health(ofHealth === false ? {} : ofHealth)
  const stack: readonly (Plugin | false)[] = [
    ofMetrics !== false && counter,
    ofFallback !== undefined && fallback(ofFallback),
    ofResume !== false && resume(ofResume === true ? {} : ofResume),
    ofRetry !== false && retry(ofRetry),
    ofHedge !== false && hedge(ofHedge === true ? {} : ofHedge),
    ofRouter !== false && router(ofRouter),
    ofCircuits !== false && circuits,
    ofTimeout !== false && timeout(ofTimeout),
    ofHealth !== false && watch,
  ]
  const used = stack.filter((plugin) => plugin !== false)
  const pipeline = createPipeline({ ...ofPipeline, use: withPlugins(used, use) })
  return { ...pipeline, metrics: counter, circuits, health: watch }
}
