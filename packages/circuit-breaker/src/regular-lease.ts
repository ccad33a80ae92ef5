import type { Ending, Lease } from "@bellwether/core"
import { ended, resultOf } from "./breaker.ts"
import type { LiveCircuit } from "./live-circuit.ts"

/** The hold of an attempt that a closed circuit let through: nearly all there are, so that a success costs little. */
export class RegularLease implements Lease {
  readonly generation: number
  readonly #circuit: LiveCircuit
  readonly #startedAtMs: number
  #isOver = false

  constructor(circuit: LiveCircuit, generation: number, startedAtMs: number) {
    this.generation = generation
    this.#circuit = circuit
    this.#startedAtMs = startedAtMs
  }

  end(ending: Ending): void {
    if (this.#isOver) return
    this.#isOver = true
    const circuit = this.#circuit
    const { generation } = this
    circuit.memory.inFlight--
    if (ending.health === "success") circuit.succeed(generation, this.#startedAtMs + ending.durationMs)
    else if (ending.health === "failure") {
      const permit = { role: "regular", generation } as const
      const rules = circuit.rulesOfFailure()
      circuit.change(ended(circuit.breaker, permit, true, resultOf(ending), circuit.moment(), rules))
    }
  }
}
