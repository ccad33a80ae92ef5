import { PipelineError } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import type { CircuitControls } from "./controls.ts"
import { install } from "./install.ts"
import { rulesOf } from "./options.ts"
import type { CircuitBreakerOptions } from "./options.ts"

/** The plugin, and what an operator can do by hand once it is in a pipeline. */
export interface CircuitBreaker extends Plugin, CircuitControls {}

/**
 * Stops sending to a target that keeps failing, one circuit per target and model, and probes it back to life with
 * single calls. Only what the failure table counts against health opens a circuit.
 *
 * @example
 * const circuits = circuitBreaker()
 * const pipeline = createPipeline({ endpoints, use: [circuits] })
 * await circuits.drain({ endpoint: "relay" }, { reason: "moving house" })
 *
 * @throws PipelineError `invalid-options`
 */
export function circuitBreaker(options?: CircuitBreakerOptions): CircuitBreaker {
  const rules = rulesOf(options)
  let controls: CircuitControls | undefined

  function used(): CircuitControls {
    if (controls !== undefined) return controls
    throw new PipelineError(
      "plugin-unused",
      "This circuit breaker is in no pipeline yet: put it into `use` first.",
    )
  }

  return {
    name: "circuit-breaker",
    setup(services) {
      if (controls !== undefined)
        throw new PipelineError(
          "plugin-reused",
          "This circuit breaker is in a pipeline already: call circuitBreaker() for each pipeline.",
        )
      const installed = install(services, rules)
      controls = installed.controls
      return installed.places
    },
    forceOpen: (scope, given) => used().forceOpen(scope, given),
    forceClose: (scope) => used().forceClose(scope),
    drain: async (scope, given) => used().drain(scope, given),
  }
}
