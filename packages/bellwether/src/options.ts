import type { CircuitBreakerOptions } from "@bellwether/circuit-breaker"
import type { CostOptions } from "@bellwether/cost"
import { either, flag, must, refuseFaults, required, shape } from "@bellwether/core"
import type { Check, Checks, PipelineOptions, Plugin } from "@bellwether/core"
import type { FallbackOptions } from "@bellwether/fallback"
import type { HealthOptions } from "@bellwether/health"
import type { HedgeOptions } from "@bellwether/hedge"
import type { ResumeOptions } from "@bellwether/resume"
import type { MetricsOptions } from "@bellwether/metrics"
import type { QuotaOptions } from "@bellwether/quota"
import type { RateLimitOptions } from "@bellwether/rate-limit"
import type { RetryOptions } from "@bellwether/retry"
import type { RouterOptions } from "@bellwether/router"
import type { TimeoutOptions } from "@bellwether/timeout"

/** What {@link bellwether} is told: the endpoints, and whatever should be otherwise than usual. */
export interface BellwetherOptions extends PipelineOptions {
  /** What is counted apart; `false` counts nothing, and `metrics.snapshot()` of the pipeline then throws. @default {} */
  readonly metrics?: MetricsOptions | false
  /** Options of the retries; `false` for none. @default {} */
  readonly retry?: RetryOptions | false
  /** Options of the routing; `false` takes the endpoints in their declared order. @default {} */
  readonly router?: RouterOptions | false
  /** Options of the circuits; `false` for none. @default {} */
  readonly circuitBreaker?: CircuitBreakerOptions | false
  /** Limits of an attempt; `false` for none. @default {} */
  readonly timeout?: TimeoutOptions | false
  /** How the health of targets is found out; `false` for not at all. @default {} */
  readonly health?: HealthOptions | false
  /**
   * How calls are kept within the rates providers allow; `false` for not at all.
   * @default { actsFrom: "first-throttle" }
   */
  readonly rateLimit?: RateLimitOptions | false
  /** Quotas of keys and budgets of one's own. @default none */
  readonly quota?: QuotaOptions
  /** Counts what calls cost. @default false */
  readonly cost?: CostOptions | boolean
  /** Other models for those that cannot be had. @default none */
  readonly fallback?: FallbackOptions
  /** Goes on with streams that were cut. @default false */
  readonly resume?: ResumeOptions | boolean
  /** Sends a second request when the first content is late. @default false */
  readonly hedge?: HedgeOptions | boolean
  /**
   * Further plugins: each outermost, or just inside of the plugins it says it belongs inside of (`plugin.inside`).
   * @default none
   */
  readonly use?: readonly Plugin[]
}

/** Looked at by whoever the option is for. */
const passedOn: Check = () => []
const off = must("an object or false", (value) => value === false)
const optionsOrFalse = either({ object: passedOn, flag: off })
const optionsOrFlag = either({ object: passedOn, flag })

const checks: Checks<BellwetherOptions> = {
  endpoints: passedOn,
  metrics: optionsOrFalse,
  retry: optionsOrFalse,
  router: optionsOrFalse,
  circuitBreaker: optionsOrFalse,
  timeout: optionsOrFalse,
  health: optionsOrFalse,
  rateLimit: optionsOrFalse,
  quota: either({ object: passedOn }),
  cost: optionsOrFlag,
  fallback: either({ object: passedOn }),
  resume: optionsOrFlag,
  hedge: optionsOrFlag,
  use: passedOn,
  fetch: passedOn,
  clock: passedOn,
  random: passedOn,
  store: passedOn,
  state: passedOn,
  deadlineMs: passedOn,
  attempts: passedOn,
  rules: passedOn,
}

/** Refuses names that are no options; their values are looked at by the pipeline and its plugins. */
export function checkOwnOptions(options: BellwetherOptions): void {
  refuseFaults(required(shape(checks))(options, "bellwether"))
}

/** The options without those that {@link checkOwnOptions} refuses, so that the others can be looked at all the same. */
export function soundOptions(options: BellwetherOptions): BellwetherOptions {
  const sound = Object.entries<unknown>({ ...options }).filter(
    ([name, value]) =>
      Object.hasOwn(checks, name) && checks[name as keyof BellwetherOptions](value, name).length === 0,
  )
  return Object.fromEntries(sound) as unknown as BellwetherOptions
}
