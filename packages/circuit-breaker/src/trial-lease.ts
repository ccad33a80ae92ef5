import type { Ending, Lease, Timer } from "@bellwether/core"
import { committed, ended } from "./breaker.ts"
import type { Permit, Result } from "./breaker.ts"
import type { LiveCircuit } from "./live-circuit.ts"

/** One attempt's hold on a circuit. However many say so, it commits once and ends once. */
export class CircuitLease implements Lease {
  readonly permit: Permit
  readonly #circuit: LiveCircuit
  #phase: "held" | "committed" | "over" = "held"
  #expiry: Timer | undefined

  constructor(circuit: LiveCircuit, permit: Permit) {
    this.#circuit = circuit
    this.permit = permit
  }

  /** Gives a probe this long to reach its commit point. */
  expireAfter(probeMs: number): void {
    const hung: Result = { health: "failure", reason: `no answer within ${probeMs / 1000} s` }
    this.#expiry = this.#circuit.clock.after(probeMs, () => this.#end(hung))
  }

  committed(): void {
    if (this.#phase !== "held") return
    this.#phase = "committed"
    this.#expiry?.cancel()
    if (this.permit.role === "regular") return
    const { breaker, rules } = this.#circuit
    this.#circuit.change(committed(breaker, this.permit, this.#circuit.moment(), rules))
  }

  end(ending: Ending): void {
    this.#end(resultOf(ending))
  }

  #end(result: Result): void {
    if (this.#phase === "over") return
    const wasCommitted = this.#phase === "committed"
    this.#phase = "over"
    this.#expiry?.cancel()
    this.#circuit.inFlight--
    const { breaker, rules } = this.#circuit
    this.#circuit.change(ended(breaker, this.permit, wasCommitted, result, this.#circuit.moment(), rules))
  }
}

/** An ending without a failure can count as one: a limit had passed before the caller got the answer. */
function resultOf({ health, blamed, failure = blamed }: Ending): Result {
  if (failure === undefined) return { health, reason: "" }
  const { class: failureClass, status, retryAfterMs } = failure
  const reason = status === undefined ? failureClass : `${failureClass} (${status})`
  return { health, reason, retryAfterMs }
}
