import type { Clock } from "@bellwether/core"
import type { Rules } from "./options.ts"
import { Pace } from "./pace.ts"
import type { PaceMemory } from "./pace.ts"

/** Callers may name any model, so no more are known than this: those that were asked for last. */
const mostModels = 100

/** What is remembered of models, by name: the one asked for last stands last. */
export type PaceMemories = Map<string, PaceMemory>

/** The pace of each model. */
export class Paces {
  readonly #rules: Rules
  readonly #clock: Clock
  readonly #memories: PaceMemories
  readonly #paces = new WeakMap<PaceMemory, Pace>()

  constructor(rules: Rules, clock: Clock, memories: PaceMemories = new Map()) {
    this.#rules = rules
    this.#clock = clock
    this.#memories = memories
  }

  of(model: string): Pace {
    const memory = this.#memories.get(model) ?? { saved: { calls: 0 } }
    this.#memories.delete(model)
    this.#memories.set(model, memory)
    const [oldest] = this.#memories.keys()
    if (this.#memories.size > mostModels && oldest !== undefined) this.#memories.delete(oldest)
    return this.#paceBy(memory)
  }

  inspect(): Readonly<Record<string, ReturnType<Pace["inspect"]>>> {
    return Object.fromEntries(
      [...this.#memories].map(([model, memory]) => [model, this.#paceBy(memory).inspect()]),
    )
  }

  #paceBy(memory: PaceMemory): Pace {
    const known = this.#paces.get(memory)
    if (known !== undefined) return known
    const pace = new Pace(this.#rules, this.#clock, memory)
    this.#paces.set(memory, pace)
    return pace
  }
}
