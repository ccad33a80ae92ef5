import { circuitBreaker } from "@bellwether/circuit-breaker"
import type { CircuitControls } from "@bellwether/circuit-breaker"
import { checkPipelineOptions, createPipeline } from "@bellwether/core"
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
import { checkOwnOptions, soundOptions } from "./options.ts"
import type { BellwetherOptions } from "./options.ts"
import { withPlugins } from "./stack.ts"
import { together } from "./together.ts"

/** A pipeline in the default stack. */
export interface Bellwether extends Pipeline {
  /** What has been counted: `metrics.snapshot()`, or as a page for Prometheus `metrics.prometheus()`. */
  readonly metrics: Pick<Metrics, "snapshot" | "prometheus" | "families" | "reset">
  /** Takes targets out of use by hand, and back: `circuits.drain({ endpoint: "relay" })`. */
  readonly circuits: CircuitControls
  /** How targets are, and probes on demand: `health.snapshot()`. */
  readonly health: Pick<Health, "snapshot" | "history" | "probe">
  /** What is left of quotas and budgets, with the option `quota`: `quota.snapshot()`. */
  readonly quota: Pick<Quota, "snapshot" | "poll">
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
  const {
    metrics: ofMetrics,
    retry: ofRetry,
    router: ofRouter,
    circuitBreaker: ofCircuits,
    ...others
  } = soundOptions(options)
  const { timeout: ofTimeout, health: ofHealth, fallback: ofFallback, ...more } = others
  const { resume: ofResume = false, hedge: ofHedge = false, cost: ofCost = false, ...rest } = more
  const { quota: ofQuota, rateLimit: ofLimits, use = [], ...ofPipeline } = rest
  const made = together({
    own: () => checkOwnOptions(options),
    pipeline: () => checkPipelineOptions({ ...ofPipeline, use }),
    metrics: () => metrics(ofMetrics === false ? {} : ofMetrics),
    quota: () => quota(ofQuota ?? {}),
    fallback: () => ofFallback !== undefined && fallback(ofFallback),
    resume: () => ofResume !== false && resume(ofResume === true ? {} : ofResume),
    retry: () => ofRetry !== false && retry(ofRetry),
    hedge: () => ofHedge !== false && hedge(ofHedge === true ? {} : ofHedge),
    router: () => ofRouter !== false && router(ofRouter),
    rateLimit: () => ofLimits !== false && rateLimit({ actsFrom: "first-throttle", ...ofLimits }),
    circuits: () => circuitBreaker(ofCircuits === false ? {} : ofCircuits),
    timeout: () => ofTimeout !== false && timeout(ofTimeout),
    health: () => health(ofHealth === false ? {} : ofHealth),
    cost: () => cost(ofCost === true || ofCost === false ? {} : ofCost),
  })
  const stack: readonly (Plugin | false)[] = [
    ofMetrics !== false && made.metrics,
    ofQuota !== undefined && made.quota,
    made.fallback,
    made.resume,
    made.retry,
    made.hedge,
    made.router,
    made.rateLimit,
    ofCircuits !== false && made.circuits,
    made.timeout,
    ofHealth !== false && made.health,
    ofCost !== false && made.cost,
  ]
  const used = stack.filter((plugin) => typeof plugin === "object")
  const pipeline = createPipeline({ ...ofPipeline, use: withPlugins(used, use) })
  const { metrics: counter, circuits, health: watch, quota: quotas, cost: costs } = made
  return { ...pipeline, metrics: counter, circuits, health: watch, quota: quotas, cost: costs }
}
