import type { Services, Shared, Target } from "@bellwether/core"
import { announce } from "./announce.ts"
import { circuitOf, mergeCircuits, withCircuit } from "./circuits.ts"
import type { Circuits } from "./circuits.ts"
import type { Rules } from "./breaker.ts"
import { LiveCircuit } from "./live-circuit.ts"
import type { CircuitServices, ProbeRules } from "./live-circuit.ts"

/** Model names come from callers, so only so many are kept apart at a target. */
const maxCircuits = 1_000
/** A store forgets a target that has not failed for a day. */
const ttlMs = 86_400_000

/** The circuits of one target, one per model. */
export class TargetCircuits {
  readonly #target: Target
  readonly #cell: Shared<Circuits>
  readonly #circuits = new Map<string | undefined, LiveCircuit>()
  readonly #services: CircuitServices

  constructor(target: Target, services: Services, rules: Rules & ProbeRules) {
    const { clock, random } = services
    this.#target = target
    this.#cell = services.shared<Circuits>(`circuit-breaker/${target.id}`, {
      initial: {},
      merge: mergeCircuits,
      ttlMs,
    })
    this.#cell.onChange((circuits) => {
      for (const circuit of this.#circuits.values()) circuit.learn(circuitOf(circuits, circuit.model))
    })
    this.#services = {
      clock,
      random,
      rules,
      publish: ({ model, breaker }) =>
        this.#cell.set(withCircuit(this.#cell.get(), model, breaker.circuit, clock.date())),
      announce: (circuit, before) => announce(circuit, before, services),
    }
  }

  /** The circuit of a model; `undefined` while there are too many, all of them needed. */
  of(model: string | undefined): LiveCircuit | undefined {
    return this.#circuits.get(model) ?? this.#open(model)
  }

  inspect(): readonly unknown[] {
    return [...this.#circuits.values()].map((circuit) => circuit.inspect())
  }

  #open(model: string | undefined): LiveCircuit | undefined {
    if (this.#circuits.size >= maxCircuits && !this.#forgetOne()) return undefined
    const circuit = new LiveCircuit(this.#target, model, circuitOf(this.#cell.get(), model), this.#services)
    this.#circuits.set(model, circuit)
    return circuit
  }

  /** Drops the idle circuit that was used longest ago. */
  #forgetOne(): boolean {
    let oldest: LiveCircuit | undefined
    for (const circuit of this.#circuits.values())
      if (circuit.isIdle && (oldest === undefined || circuit.lastUsedMs < oldest.lastUsedMs)) oldest = circuit
    return oldest !== undefined && this.#circuits.delete(oldest.model)
  }
}
