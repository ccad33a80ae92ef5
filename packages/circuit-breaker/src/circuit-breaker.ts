import { available, CommitLimit } from "@bellwether/core"
import type { Admission, Attempt, Plugin } from "@bellwether/core"
import { rulesOf } from "./options.ts"
import type { CircuitBreakerOptions } from "./options.ts"
import { neverRefusing, saying } from "./sole-target.ts"
import { TargetCircuits } from "./target-circuits.ts"

/** A probe is given up a little after the limit that should have ended it. */
const graceMs = 5_000

/**
 * Stops sending to a target that keeps failing, one circuit per target and model, and probes it back to life with
 * single calls. Only what the failure table counts against health opens a circuit.
 *
 * @throws PipelineError `invalid-options`
 */
export function circuitBreaker(options?: CircuitBreakerOptions): Plugin {
  const { probeMs, ...rules } = rulesOf(options)
  return {
    name: "circuit-breaker",
    setup(given) {
      const isSole = given.targets.length === 1
      const services = isSole ? saying(given) : given
      const limit = services.use(CommitLimit)
      const probeTime = (limitMs: number | undefined) => (limitMs === undefined ? probeMs : limitMs + graceMs)
      const probing = {
        ...rules,
        probeMs: (attempt: Attempt) => probeTime(limit().of(attempt)),
      }
      const circuits = new Map(
        services.targets.map((target) => [target.id, new TargetCircuits(target, services, probing)]),
      )
      const peek: Required<Admission>["peek"] = (target, model) =>
        circuits.get(target.id)?.of(model)?.peek() ?? available
      const take = (attempt: Attempt, isPanic: boolean) =>
        circuits.get(attempt.target.id)?.of(attempt.model)?.take(attempt, isPanic)
      return {
        admit: isSole
          ? neverRefusing({ peek, take: (attempt) => take(attempt, true) })
          : { peek, take: (attempt) => take(attempt, attempt.kind === "panic") },
        inspect: () => [...circuits.values()].flatMap((target) => target.inspect()),
      }
    },
  }
}
