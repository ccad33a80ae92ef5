import type { Ending, Lease, Timer } from "@bellwether/core"
import { committed, ended, resultOf } from "./breaker.ts"
import type { Result, Trial } from "./breaker.ts"
import type { LiveCircuit } from "./live-circuit.ts"

/** The hold of a probe or a panic try. However many say so, it commits once and is settled once. */
export class TrialLease implements Lease {
  readonly permit: Trial
  readonly #circuit: LiveCircuit
  readonly #expiry: Timer
  #phase: "held" | "committed" | "settled" = "held"
  #isOver = false

  /** @param probeMs how long it may take to its commit point */
  constructor(circuit: LiveCircuit, permit: Trial, probeMs: number) {
    this.permit = permit
    this.#circuit = circuit
    const hung: Result = { health: "failure", reason: `no answer within ${probeMs / 1000} s` }
    this.#expiry = circuit.clock.after(probeMs, () => this.#settle(hung))
  }

  committed(): void {
    if (this.#phase !== "held") return
    this.#phase = "committed"
    this.#expiry.cancel()
    const circuit = this.#circuit
    circuit.change(committed(circuit.breaker, this.permit, circuit.moment(), circuit.rules))
  }

  end(ending: Ending): void {
    if (this.#isOver) return
    this.#isOver = true
    // One that has hung is no probe any more, but in flight until it is over.
    this.#circuit.memory.inFlight--
    this.#settle(resultOf(ending))
  }

  #settle(result: Result): void {
    if (this.#phase === "settled") return
    const wasCommitted = this.#phase === "committed"
    this.#phase = "settled"
    this.#expiry.cancel()
    const circuit = this.#circuit
    circuit.change(ended(circuit.breaker, this.permit, wasCommitted, result, circuit.moment(), circuit.rules))
  }
}
