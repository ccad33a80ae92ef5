import { available } from "@bellwether/core"
import type { Attempt, Clock, Lease, Random, Target, Verdict } from "@bellwether/core"
import { admission, admitted, breakerOf } from "./breaker.ts"
import type { Breaker, Moment, Permit, Rules } from "./breaker.ts"
import { laterCircuit } from "./circuits.ts"
import type { Circuit } from "./circuit.ts"
import { CircuitLease } from "./circuit-lease.ts"
import { totals } from "./completed-window.ts"

/** What a circuit needs of the pipeline around it. */
export interface CircuitServices {
  readonly clock: Clock
  readonly random: Random
  readonly rules: Rules & ProbeRules
  /** Told of each change made here, for the fleet. */
  publish(circuit: LiveCircuit): void
  /** Told of each change, the fleet's included, for those who watch or wait. */
  announce(circuit: LiveCircuit, before: Circuit): void
}

/** How long a probe holds its place. */
export interface ProbeRules {
  /** Milliseconds this attempt may take to its commit point. */
  probeMs(attempt: Attempt): number
}

/** The circuit of one target and model at work: time and leases around the pure decisions. */
export class LiveCircuit {
  readonly target: Target
  readonly model: string | undefined
  readonly rules: Rules & ProbeRules
  readonly clock: Clock
  breaker: Breaker
  /** Leases that have not ended. */
  inFlight = 0
  /** Monotonic milliseconds. */
  lastUsedMs: number
  readonly #services: CircuitServices

  constructor(target: Target, model: string | undefined, circuit: Circuit, services: CircuitServices) {
    this.target = target
    this.model = model
    this.rules = services.rules
    this.clock = services.clock
    this.breaker = breakerOf(circuit)
    this.lastUsedMs = services.clock.now()
    this.#services = services
  }

  peek(): Verdict {
    if (this.breaker.circuit.state === "closed") return available
    const answer = admission(this.breaker, false, this.clock.date())
    return answer === "open" || answer === "being-probed" ? this.#refusal(answer) : available
  }

  /** @param isPanic whether the attempt is made although the circuit is open */
  take(attempt: Attempt, isPanic: boolean): Lease | Verdict {
    this.lastUsedMs = attempt.startedAtMs
    const { generation, state } = this.breaker.circuit
    if (state === "closed") return this.#lease({ role: "regular", generation })
    const role = admission(this.breaker, isPanic, this.clock.date())
    if (role === "open" || role === "being-probed") return this.#refusal(role)
    const probeMs = this.rules.probeMs(attempt)
    const permit: Permit =
      role === "probe" ? { role, generation, id: this.#services.random.id() } : { role, generation }
    this.change(admitted(this.breaker, permit, probeMs, this.clock.date()))
    const lease = this.#lease(permit)
    lease.expireAfter(probeMs)
    return lease
  }

  /** Takes in what the fleet says of the circuit. */
  learn(circuit: Circuit): void {
    const before = this.breaker.circuit
    const later = laterCircuit(before, circuit)
    if (later === before) return
    this.breaker = { ...this.breaker, circuit: later }
    this.#services.announce(this, before)
  }

  change(next: Breaker): void {
    const before = this.breaker
    this.breaker = next
    if (next.circuit !== before.circuit) this.#services.publish(this)
    if (next.circuit !== before.circuit || next.isProbing !== before.isProbing)
      this.#services.announce(this, before.circuit)
  }

  moment(): Moment {
    return { nowMs: this.clock.now(), dateMs: this.clock.date(), chance: this.#services.random }
  }

  /** Whether nothing is lost by forgetting it: nobody is in it and it would let anybody through. */
  get isIdle(): boolean {
    return this.inFlight === 0 && this.peek() === available
  }

  /** Wall time as the time of verdicts and events. */
  monotonicMs(dateMs: number): number {
    return this.clock.now() + dateMs - this.clock.date()
  }

  inspect(): unknown {
    const { circuit, window, isProbing } = this.breaker
    const counts = totals(window, this.clock.now(), this.rules.windowMs)
    return { target: this.target.id, model: this.model, ...circuit, isProbing, ...counts }
  }

  #lease(permit: Permit): CircuitLease {
    this.inFlight++
    return new CircuitLease(this, permit)
  }

  #refusal(why: "open" | "being-probed"): Verdict {
    const { circuit } = this.breaker
    const status = "unavailable"
    if (why === "open" && circuit.state === "open")
      return { status, untilMs: this.monotonicMs(circuit.untilMs), reason: `circuit open: ${circuit.reason}` }
    // Nobody knows when the probe comes back; the board tells when it has.
    return { status, reason: "circuit half-open: being probed" }
  }
}
