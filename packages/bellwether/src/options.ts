import type { CircuitBreakerOptions } from "@bellwether/circuit-breaker"
import { either, must, refuseFaults, required, shape } from "@bellwether/core"
import type { Check, PipelineOptions, Plugin } from "@bellwether/core"
import type { RetryOptions } from "@bellwether/retry"
import type { RouterOptions } from "@bellwether/router"
import type { TimeoutOptions } from "@bellwether/timeout"

/** What {@link bellwether} is told: the endpoints, and whatever should be otherwise than usual. */
export interface BellwetherOptions extends PipelineOptions {
  /** `false` counts nothing; `metrics.snapshot()` of the pipeline then throws. @default counts */
  readonly metrics?: false
  /** Options of the retries; `false` for none. @default {} */
  readonly retry?: RetryOptions | false
  /** Options of the routing; `false` takes the endpoints in their declared order. @default {} */
  readonly router?: RouterOptions | false
  /** Options of the circuits; `false` for none. @default {} */
  readonly circuitBreaker?: CircuitBreakerOptions | false
  /** Limits of an attempt; `false` for none. @default {} */
  readonly timeout?: TimeoutOptions | false
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

const checks = shape<BellwetherOptions>({
  endpoints: passedOn,
  metrics: must("false or left out", (value) => value === false),
  retry: optionsOrFalse,
  router: optionsOrFalse,
  circuitBreaker: optionsOrFalse,
  timeout: optionsOrFalse,
  use: passedOn,
  fetch: passedOn,
  clock: passedOn,
  random: passedOn,
  store: passedOn,
  deadlineMs: passedOn,
  attempts: passedOn,
  rules: passedOn,
})

/** Refuses names that are no options; their values are looked at by the pipeline and its plugins. */
export function checkOwnOptions(options: BellwetherOptions): void {
  refuseFaults(required(checks)(options, "bellwether"))
}
