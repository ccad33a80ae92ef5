import { circuitBreaker } from "@bellwether/circuit-breaker"
import type { CircuitControls } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { Pipeline, Plugin } from "@bellwether/core"
import { cost } from "@bellwether/cost"
import type { Cost } from "@bellwether/cost"
import { fallback } from "@bellwether/fallback"
import { health } from "@bellwether/health"
import type { Health } from "@bellwether/health"
import { hedge } from "@bellwether/hedge"
import { metrics } from "@bellwether/metrics"
import type { Metrics } from "@bellwether/metrics"
import { quota } from "@bellwether/quota"
import type { Quota } from "@bellwether/quota"
import { rateLimit } from "@bellwether/rate-limit"
import { resume } from "@bellwether/resume"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { timeout } from "@bellwether/timeout"
import { checkOwnOptions } from "./options.ts"
import type { BellwetherOptions } from "./options.ts"
import { withPlugins } from "./stack.ts"

/** A pipeline in the default stack. */
export interface Bellwether extends Pipeline {
  /** What has been counted: `metrics.snapshot()`, or as a page for Prometheus `metrics.prometheus()`. */
  readonly metrics: Pick<Metrics, "snapshot" | "prometheus" | "families" | "reset">
  /** Takes targets out of use by hand, and back: `circuits.drain({ endpoint: "relay" })`. */
  readonly circuits: CircuitControls
  /** How targets are, and probes on demand: `health.snapshot()`. */
  readonly health: Pick<Health, "snapshot" | "history" | "probe">
  /** What is left of quotas and budgets: `quota.snapshot()`; there if it was asked for. */
  readonly quota: Pick<Quota, "snapshot" | "poll"> | undefined
  /** What was spent and saved, with `cost: true` or its options: `cost.report()`. */
  readonly cost: Pick<Cost, "report" | "snapshot" | "reset">
}

/**
 * A pipeline in the default stack: metrics, retry, router, rate limit, circuit breaker, timeout, health; and, where they
 * are asked for, quota, fallback, resume, hedge and cost. Everything but the endpoints may be left out.
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
  const { resume: ofResume = false, hedge: ofHedge = false, cost: ofCost = false, ...rest } = more
  const { quota: ofQuota, rateLimit: ofLimits, use = [], ...ofPipeline } = rest
  const counter = metrics(ofMetrics === false ? {} : ofMetrics)
  const quotas = ofQuota === undefined ? undefined : quota(ofQuota)
  const costs = cost(ofCost === true || ofCost === false ? {} : ofCost)
  const circuits = circuitBreaker(ofCircuits === false ? {} : ofCircuits)
  const watch = health(ofHealth === false ? {} : ofHealth)
  const stack: readonly (Plugin | false)[] = [
    ofMetrics !== false && counter,
    quotas ?? false,
    ofFallback !== undefined && fallback(ofFallback),
    ofResume !== false && resume(ofResume === true ? {} : ofResume),
    ofRetry !== false && retry(ofRetry),
    ofHedge !== false && hedge(ofHedge === true ? {} : ofHedge),
    ofRouter !== false && router(ofRouter),
    ofLimits !== false && rateLimit({ actsFrom: "first-throttle", ...ofLimits }),
    ofCircuits !== false && circuits,
    ofTimeout !== false && timeout(ofTimeout),
    ofHealth !== false && watch,
    ofCost !== false && costs,
  ]
  const used = stack.filter((plugin) => plugin !== false)
  const pipeline = createPipeline({ ...ofPipeline, use: withPlugins(used, use) })
  return { ...pipeline, metrics: counter, circuits, health: watch, quota: quotas, cost: costs }
}
