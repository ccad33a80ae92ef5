import type { Attempt, Lease } from "@bellwether/core"
import { createAdmission } from "../src/admission.ts"
import { createControls } from "../src/controls.ts"
import type { CircuitControls } from "../src/controls.ts"
import type { LiveCircuit } from "../src/live-circuit.ts"
import { StandingOrders } from "../src/standing-orders.ts"
import { TargetCircuits } from "../src/target-circuits.ts"
import { TrialLease } from "../src/trial-lease.ts"
import {
  calls,
  forcedTicks,
  hintTicks,
  maxOpenTicks,
  model,
  outcomes,
  outside,
  probeTicks,
  rules,
  target,
} from "./explored-events.ts"
import type { Event, Step } from "./explored-events.ts"
import { HandTurned } from "./hand-turned.ts"

/** What the test itself knows of a lease, to judge the circuit by. */
export interface Held {
  readonly lease: Lease
  readonly isProbe: boolean
  readonly generation: number
  readonly expiresAtMs: number
  isCommitted: boolean
  isEnded: boolean
  isExpired: boolean
}

/** A circuit and an operator, three callers and a clock turned by hand. */
export class World {
  readonly hand = new HandTurned([target])
  readonly held: (Held | undefined)[] = [undefined, undefined, undefined]
  /** Probes and panic tries that committed in this generation. */
  successes = 0
  generation = 0
  openedAtMs = 0
  hintedUntilMs = 0
  /** How many openings have been cut short since the circuit was closed. */
  wakes = 0
  forcedUntilMs = 0
  readonly orders: StandingOrders
  readonly circuits: TargetCircuits
  readonly circuit: LiveCircuit
  readonly controls: CircuitControls
  readonly admission: ReturnType<typeof createAdmission>

  constructor(consecutiveFailures: number) {
    const { services } = this.hand
    this.orders = new StandingOrders(services, () => this.circuits.heed())
    this.circuits = new TargetCircuits(
      target,
      services,
      { ...rules, consecutiveFailures, ofLast: { ...rules, consecutiveFailures }, isLast: () => false },
      this.orders,
    )
    const circuits = new Map([[target.id, this.circuits]])
    this.circuit = this.circuits.of(model) as LiveCircuit
    this.controls = createControls(services, this.orders, circuits)
    this.admission = createAdmission(this.orders, circuits, () => false)
  }

  get nowMs(): number {
    return this.hand.nowMs
  }

  get state() {
    return this.circuit.breaker.circuit
  }

  get isForced(): boolean {
    return this.nowMs < this.forcedUntilMs
  }

  get isOpenToCallers(): boolean {
    return this.admission.peek(target, model).status === "available"
  }

  get probesInFlight(): Held[] {
    return this.held.filter(
      (held): held is Held => held !== undefined && held.isProbe && !isOver(held) && !held.isCommitted,
    )
  }

  /** The probe of this generation. */
  get placeTaken(): string | undefined {
    for (const { lease, generation } of this.probesInFlight)
      if (lease instanceof TrialLease && lease.permit.role === "probe" && generation === this.generation)
        return lease.permit.id
    return undefined
  }

  /** What can happen next. */
  events(): Event[] {
    const events: Event[] = ["tick"]
    for (const call of calls) {
      const held = this.held[call]
      if (held === undefined || held.isEnded) events.push(`admit ${call}`, `panic ${call}`)
      else {
        if (!held.isCommitted) events.push(`commit ${call}`)
        events.push(`success ${call}`, `failure ${call}`, `neutral ${call}`)
      }
      // Callers are alike: who has not called yet is like the next one who has not.
      if (held === undefined) break
    }
    return events
  }

  /** The same, and what comes from outside. */
  allEvents(): Event[] {
    const hinted = calls.filter((call) => this.held[call]?.isEnded === false)
    return [...this.events(), ...hinted.map((call) => `hinted ${call}` as const), ...outside]
  }

  apply(event: Event): void {
    if (event === "tick") this.tick()
    else if (event === "wake") this.wake()
    else if (event.startsWith("force")) this.force(event)
    else {
      const [step, call] = event.split(" ") as [Step, string]
      if (step === "admit" || step === "panic") this.take(Number(call), step === "panic")
      else this.finish(this.held[Number(call)], step)
    }
    if (this.state.state === "closed") this.wakes = 0
    if (this.state.generation === this.generation) return
    this.generation = this.state.generation
    this.successes = 0
    this.openedAtMs = this.nowMs
    this.hintedUntilMs = this.nowMs + (event.startsWith("hinted") ? hintTicks : 0)
  }

  wake(): void {
    const before = this.state
    this.circuits.wake()
    if (this.state !== before) this.wakes++
  }

  force(event: Event): void {
    const scope = { endpoint: target.endpoint }
    if (event === "force closed") {
      this.controls.forceClose(scope)
      this.forcedUntilMs = 0
    } else {
      const isForAWhile = event === "force open for a while"
      this.controls.forceOpen(scope, isForAWhile ? { forMs: forcedTicks } : {})
      this.forcedUntilMs = isForAWhile ? this.nowMs + forcedTicks : Infinity
    }
  }

  take(call: number, isPanic: boolean): boolean {
    const attempt = {
      kind: isPanic ? "panic" : "first",
      target,
      model,
      startedAtMs: this.nowMs,
      call: { stream: true },
    } as Attempt
    const { generation, state } = this.state
    const lease = this.admission.take(attempt)
    if (lease === undefined || "status" in lease) return false
    const facts = { isProbe: state !== "closed", generation, expiresAtMs: this.nowMs + probeTicks }
    this.held[call] = { lease, ...facts, isCommitted: false, isEnded: false, isExpired: false }
    return true
  }

  finish(held: Held | undefined, step: Exclude<Step, "admit" | "panic">): void {
    if (held === undefined) return
    const isCommit = step === "commit" || (step === "success" && !held.isCommitted)
    if (isCommit && held.isProbe && !isOver(held) && held.generation === this.generation) this.successes++
    if (step === "commit") {
      held.isCommitted = true
      held.lease.committed?.()
    } else {
      held.isEnded = true
      held.lease.end(outcomes[step])
    }
  }

  tick(): void {
    for (const held of this.probesInFlight) if (held.expiresAtMs <= this.nowMs + 1) held.isExpired = true
    this.hand.tick()
  }

  /** Equal for states that nothing later can tell apart. */
  canonical(): string {
    const { circuit, window, isProbing } = this.circuit.breaker
    const since = (ms: number) => ms - this.nowMs
    const ahead = (ms: number) => Math.max(since(ms), 0)
    const openings = Math.min(circuit.openings, 2)
    const shown = [
      circuit.state,
      openings,
      // A closed circuit only asks whether it has been steady, and that only where there were openings.
      openings === 0 ? 0 : Math.max(since(circuit.sinceMs), -rules.windowMs),
      circuit.state === "open" ? [ahead(circuit.untilMs), ahead(circuit.wakeableMs)] : 0,
      circuit.state === "closed" ? 0 : Math.min(circuit.wakes, 2),
      circuit.state === "half-open" ? [circuit.successes, circuit.probe && since(circuit.probe.untilMs)] : 0,
      this.successes,
      ahead(this.hintedUntilMs),
      Math.max(since(this.openedAtMs), -maxOpenTicks),
      ahead(this.forcedUntilMs) === Infinity ? "for ever" : ahead(this.forcedUntilMs),
      isProbing,
      window.generation === circuit.generation && [
        window.failuresInARow,
        window.buckets.map(({ startMs, completed, failed }) => [since(startMs), completed, failed]),
      ],
      [...this.hand.timers].map(({ atMs }) => since(atMs)),
    ]
    const holders = this.held.map((held) => {
      if (held === undefined) return "new"
      if (held.isEnded) return "done"
      const isCurrent = held.generation === circuit.generation
      const role = held.lease instanceof TrialLease ? held.lease.permit.role : "regular"
      return [role, held.isCommitted, held.isExpired, isCurrent].join()
    })
    return JSON.stringify([shown, holders.toSorted()])
  }
}

const isOver = ({ isEnded, isExpired }: Held) => isEnded || isExpired
