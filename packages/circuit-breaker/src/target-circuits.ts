import { available } from "@bellwether/core"
import type { Attempt, Board, Lease, Services, Shared, Target, Verdict } from "@bellwether/core"
import { announce, sayOn, scopeOf } from "./announce.ts"
import {
  circuitOf,
  laterCircuit,
  latestGeneration,
  mergeCircuits,
  openModels,
  withCircuit,
} from "./circuits.ts"
import type { Circuits } from "./circuits.ts"
import type { Circuit } from "./circuit.ts"
import { closedCircuit, startedOver } from "./circuit.ts"
import { freshMemory } from "./circuit-memory.ts"
import type { CircuitMemory } from "./circuit-memory.ts"
import { LiveCircuit } from "./live-circuit.ts"
import type { CircuitServices, LiveRules } from "./live-circuit.ts"
import { isSame } from "./scopes.ts"
import type { StandingOrders } from "./standing-orders.ts"

/** Model names come from callers, so only so many are kept apart at a target. */
const maxCircuits = 1_000
/** A store forgets a target that has not failed for a day. */
const ttlMs = 86_400_000

/** The circuits of one target, one per model. */
export class TargetCircuits {
  readonly target: Target
  readonly #orders: StandingOrders
  readonly #cell: Shared<Circuits>
  readonly #circuits = new Map<string | undefined, LiveCircuit>()
  readonly #memories: Map<string | undefined, CircuitMemory>
  /** Attempts that were let through without asking a circuit, or against its will. */
  readonly #passing: Set<Attempt>
  readonly #services: CircuitServices
  readonly #board: Board

  constructor(target: Target, services: Services, rules: LiveRules, orders: StandingOrders) {
    const { board, clock, random, emit } = services
    this.target = target
    this.#orders = orders
    this.#board = board
    this.#cell = services.shared<Circuits>(`circuit-breaker/${target.id}`, {
      initial: {},
      merge: mergeCircuits,
      ttlMs,
    })
    this.#cell.onChange(() => this.#learn())
    this.#memories = services.kept(
      `circuits/${target.id}`,
      () => new Map<string | undefined, CircuitMemory>(),
    )
    this.#passing = services.kept(`passing/${target.id}`, () => new Set<Attempt>())
    this.#services = {
      clock,
      random,
      rules,
      publish: ({ model, breaker }) =>
        this.#cell.set(withCircuit(this.#cell.get(), model, breaker.circuit, clock.date())),
      announce: (circuit, before) => {
        this.#say(circuit)
        announce(circuit, before, emit)
        if (circuit.peek().status === "available") board.touch()
      },
    }
    for (const model of this.#memories.keys()) this.#say(this.#open(model))
    this.#learn()
  }

  /** The circuit of a model; `undefined` while there are too many, all of them needed. */
  of(model: string | undefined): LiveCircuit | undefined {
    return this.#circuits.get(model) ?? (this.#hasRoom() ? this.#open(model) : undefined)
  }

  /** Whether calls for the model are let through as usual. */
  isClosed(model: string | undefined): boolean {
    if (this.#orders.refusal(this.target, model) !== undefined) return false
    return this.#known(model).state === "closed"
  }

  peek(model: string | undefined): Verdict {
    return this.of(model)?.peek() ?? available
  }

  take(attempt: Attempt, isPanic: boolean): Lease | Verdict {
    return this.of(attempt.model)?.take(attempt, isPanic) ?? this.pass(attempt)
  }

  /** Lets an attempt through that no circuit asks how it went. */
  pass(attempt: Attempt): Lease {
    this.#passing.add(attempt)
    return { end: () => void this.#passing.delete(attempt) }
  }

  /** Turns open circuits half-open before their time, unless nobody may try them anyway. */
  wake(): void {
    for (const model of openModels(this.#cell.get()))
      if (this.#orders.refusal(this.target, model) === undefined) this.of(model)?.wake()
  }

  /** Takes in what operators have ordered. */
  heed(): void {
    this.#learn()
    for (const circuit of this.#circuits.values()) this.#say(circuit)
  }

  /** Attempts that are not over: for this model, or with none named for all. */
  inFlight(model: string | undefined): number {
    let count = 0
    for (const circuit of this.#circuits.values())
      if (model === undefined || circuit.model === model) count += circuit.memory.inFlight
    for (const attempt of this.#passing) if (model === undefined || attempt.model === model) count++
    return count
  }

  get latestGeneration(): number {
    return latestGeneration(this.#cell.get())
  }

  inspect(): readonly unknown[] {
    return [...this.#circuits.values()].map((circuit) => circuit.inspect())
  }

  #open(model: string | undefined, told?: Circuit): LiveCircuit {
    const memory = this.#memories.get(model) ?? freshMemory(this.#known(model), this.#services.clock.now())
    const circuit = new LiveCircuit(this.target, model, memory, this.#services, told)
    this.#memories.set(model, memory)
    this.#circuits.set(model, circuit)
    return circuit
  }

  #learn(): void {
    // Of a circuit that another pipeline has used alone nothing was told here.
    for (const model of this.#memories.keys())
      if (!this.#circuits.has(model)) this.#open(model, closedCircuit)
    for (const circuit of this.#circuits.values()) circuit.learn(this.#known(circuit.model))
  }

  #known(model: string | undefined): Circuit {
    const { endpoint, key } = this.target
    const generation = this.#orders.closedFrom({ endpoint, key, ...(model !== undefined && { model }) })
    return laterCircuit(circuitOf(this.#cell.get(), model), startedOver(generation))
  }

  /** An operator's word on the very same scope has precedence on the board. */
  #say(circuit: LiveCircuit): void {
    const scope = scopeOf(circuit)
    if (scope === undefined || this.#orders.heldAround(scope).some((held) => isSame(held, scope))) return
    sayOn(this.#board, circuit)
  }

  /** Makes room where there is none, if need be and can be. */
  #hasRoom(): boolean {
    return this.#circuits.size < maxCircuits || this.#forgetOne()
  }

  /** Drops the idle circuit that was used longest ago. */
  #forgetOne(): boolean {
    let oldest: LiveCircuit | undefined
    for (const circuit of this.#circuits.values())
      if (circuit.isIdle && circuit.memory.lastUsedMs < (oldest?.memory.lastUsedMs ?? Infinity))
        oldest = circuit
    if (oldest === undefined) return false
    this.#memories.delete(oldest.model)
    return this.#circuits.delete(oldest.model)
  }
}
