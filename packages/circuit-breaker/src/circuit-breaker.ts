import { forOnePipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import type { CircuitControls } from "./controls.ts"
import { install } from "./install.ts"
import type { Installed } from "./install.ts"
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
  const held = forOnePipeline<Installed>("circuitBreaker")

  return {
    name: "circuit-breaker",
    setup: (services) => held.install(() => install(services, rules)).places,
    forceOpen: (scope, given) => held.used().controls.forceOpen(scope, given),
    forceClose: (scope) => held.used().controls.forceClose(scope),
    drain: async (scope, given) => held.used().controls.drain(scope, given),
  }
}
