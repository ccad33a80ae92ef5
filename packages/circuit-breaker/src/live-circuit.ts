import { available } from "@bellwether/core"
import type { Attempt, Clock, Lease, Random, Target, Verdict } from "@bellwether/core"
import { admission, admitted, currentWindow, succeeded } from "./breaker.ts"
import type { Breaker, Moment, Rules, Trial } from "./breaker.ts"
import type { CircuitMemory } from "./circuit-memory.ts"
import { laterCircuit } from "./circuits.ts"
import { woken } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"
import { sliceOf, totals } from "./completed-window.ts"
import type { WindowRules } from "./completed-window.ts"
import { RegularLease } from "./regular-lease.ts"
import { TrialLease } from "./trial-lease.ts"

/** What a circuit needs of the pipeline around it. */
export interface CircuitServices {
  readonly clock: Clock
  readonly random: Random
  readonly rules: LiveRules
  /** Told of each change made here, for the fleet. */
  publish(circuit: LiveCircuit): void
  /** Told of each change, the fleet's included, for those who watch or wait. */
  announce(circuit: LiveCircuit, before: Circuit): void
}

/** The rules of circuits at work. */
export interface LiveRules extends Rules {
  /** What counts instead for the last circuit of a model that is closed. */
  readonly ofLast: WindowRules
  /** Milliseconds this attempt may take to its commit point; so long a probe holds its place. */
  probeMs(attempt: Attempt): number
  isLast(target: Target, model: string | undefined): boolean
}

/** The circuit of one target and model at work in one pipeline: time and leases around the pure decisions. */
export class LiveCircuit {
  readonly target: Target
  readonly model: string | undefined
  readonly rules: LiveRules
  readonly clock: Clock
  readonly memory: CircuitMemory
  readonly #services: CircuitServices
  /** What those who watch this pipeline know of it. */
  #told: Circuit

  /** @param told what has been told of it already */
  constructor(
    target: Target,
    model: string | undefined,
    memory: CircuitMemory,
    services: CircuitServices,
    told: Circuit = memory.breaker.circuit,
  ) {
    this.target = target
    this.model = model
    this.rules = services.rules
    this.clock = services.clock
    this.memory = memory
    this.#services = services
    this.#told = told
  }

  get breaker(): Breaker {
    this.#write()
    return this.memory.breaker
  }

  peek(): Verdict {
    const { breaker } = this.memory
    if (breaker.circuit.state === "closed") return available
    const answer = admission(breaker, false, this.clock.date())
    return answer === "open" || answer === "being-probed" ? this.#refusal(answer) : available
  }

  /** @param isPanic whether the attempt is made although the circuit is open */
  take(attempt: Attempt, isPanic: boolean): Lease | Verdict {
    const { memory } = this
    memory.lastUsedMs = attempt.startedAtMs
    const { generation, state } = memory.breaker.circuit
    const dateMs = state === "closed" ? 0 : this.clock.date()
    const role = admission(memory.breaker, isPanic, dateMs)
    if (role === "open" || role === "being-probed") return this.#refusal(role)
    memory.inFlight++
    if (role === "regular") return new RegularLease(this, generation, attempt.startedAtMs)
    const permit: Trial =
      role === "probe" ? { role, generation, id: this.#services.random.id() } : { role, generation }
    const probeMs = this.rules.probeMs(attempt)
    this.change(admitted(this.breaker, permit, probeMs, dateMs))
    return new TrialLease(this, permit, probeMs)
  }

  /** A regular attempt of this generation succeeded at this moment, in monotonic milliseconds. */
  succeed(generation: number, nowMs: number): void {
    const { memory } = this
    if (memory.breaker.circuit.generation !== generation) return
    const sliceMs = sliceOf(nowMs, this.rules.windowMs)
    if (sliceMs !== memory.sliceMs) this.#write()
    memory.sliceMs = sliceMs
    memory.succeededAtMs = nowMs
    memory.successes++
  }

  /** The target was found answering from outside. */
  wake(): void {
    const { breaker } = this
    const { circuit } = breaker
    const next = circuit.state === "open" ? woken(circuit, this.clock.date()) : circuit
    if (next !== circuit) this.change({ ...breaker, circuit: next })
  }

  /** Takes in what the fleet, or another pipeline, says of the circuit. */
  learn(circuit: Circuit): void {
    const before = this.memory.breaker.circuit
    const later = laterCircuit(before, circuit)
    if (later !== before) this.memory.breaker = { ...this.breaker, circuit: later }
    if (later !== this.#told) this.#tell()
  }

  change(next: Breaker): void {
    const before = this.memory.breaker
    this.memory.breaker = next
    if (next.circuit !== before.circuit) this.#services.publish(this)
    if (next.circuit !== before.circuit || next.isProbing !== before.isProbing) this.#tell()
  }

  /** The rules a failure is judged by now: losing the last target of a model is no cure. */
  rulesOfFailure(): Rules {
    const { rules } = this
    return rules.isLast(this.target, this.model) ? { ...rules, ...rules.ofLast } : rules
  }

  moment(): Moment {
    return { nowMs: this.clock.now(), dateMs: this.clock.date(), chance: this.#services.random }
  }

  /** Whether nothing is lost by forgetting it: nobody is in it and it would let anybody through. */
  get isIdle(): boolean {
    return this.memory.inFlight === 0 && this.peek() === available
  }

  /** Wall time as the time of verdicts and events. */
  monotonicMs(dateMs: number): number {
    return this.clock.now() + dateMs - this.clock.date()
  }

  inspect(): unknown {
    const { circuit, isProbing } = this.breaker
    const counts = totals(currentWindow(this.breaker), this.clock.now(), this.rules.windowMs)
    return { target: this.target.id, model: this.model, ...circuit, isProbing, ...counts }
  }

  #tell(): void {
    const before = this.#told
    this.#told = this.memory.breaker.circuit
    this.#services.announce(this, before)
  }

  #write(): void {
    const { memory } = this
    if (memory.successes === 0) return
    const { windowMs } = this.rules
    memory.breaker = succeeded(memory.breaker, memory.successes, memory.succeededAtMs, windowMs)
    memory.successes = 0
  }

  #refusal(why: "open" | "being-probed"): Verdict {
    const { circuit } = this.memory.breaker
    const status = "unavailable"
    if (why === "open" && circuit.state === "open")
      return { status, untilMs: this.monotonicMs(circuit.untilMs), reason: `circuit open: ${circuit.reason}` }
    // Nobody knows when the probe comes back; the board tells when it has.
    return { status, reason: "circuit half-open: being probed" }
  }
}
