import type { Target } from "@bellwether/core"

/** How a circuit stands. */
export type CircuitState = "closed" | "half-open" | "open"

/** What is known now of the attempts on one target for one model; what is counted of them stands in ledgers. */
export class AttemptSeries {
  readonly target: Target
  /** As it is shown. */
  readonly model: string
  inFlight = 0
  /** As far as it was heard of. */
  circuit: CircuitState | undefined

  constructor(target: Target, model: string) {
    this.target = target
    this.model = model
  }
}

/** What is known now of the calls for one model, and of the attempts for it on each target. */
export class ModelSeries {
  /** As it is shown. */
  readonly model: string
  /** Whether it stands for several models, or for those that have no row of their own. */
  readonly isMixed: boolean
  /** Calls. */
  inFlight = 0
  readonly #attempts = new Map<string, AttemptSeries>()

  constructor(model: string, isMixed: boolean) {
    this.model = model
    this.isMixed = isMixed
  }

  get attempts(): Iterable<AttemptSeries> {
    return this.#attempts.values()
  }

  /** `undefined` where there are none yet. */
  knownOn({ id }: Target): AttemptSeries | undefined {
    return this.#attempts.get(id)
  }

  /** The first on a target. */
  begin(target: Target): AttemptSeries {
    const series = new AttemptSeries(target, this.model)
    this.#attempts.set(target.id, series)
    return series
  }
}
