import type { Clock } from "@bellwether/core"
import type { Rules } from "./options.ts"
import { Pace } from "./pace.ts"

/** Callers may name any model, so no more are known than this: those that were asked for last. */
const mostModels = 100

/** The pace of each model. */
export class Paces {
  readonly #rules: Rules
  readonly #clock: Clock
  /** The one asked for last stands last. */
  readonly #byModel = new Map<string, Pace>()

  constructor(rules: Rules, clock: Clock) {
    this.#rules = rules
    this.#clock = clock
  }

  of(model: string): Pace {
    const pace = this.#byModel.get(model) ?? new Pace(this.#rules, this.#clock)
    this.#byModel.delete(model)
    this.#byModel.set(model, pace)
    const [oldest] = this.#byModel.keys()
    if (this.#byModel.size > mostModels && oldest !== undefined) this.#byModel.delete(oldest)
    return pace
  }

  inspect(): Readonly<Record<string, ReturnType<Pace["inspect"]>>> {
    return Object.fromEntries([...this.#byModel].map(([model, pace]) => [model, pace.inspect()]))
  }
}
