/** How one call went, as its caller saw it. */
export interface Outcome {
  /** Index of the phase the call began in. */
  readonly phase: number
  /** Whether the whole answer arrived. */
  readonly answered: boolean
  readonly durationMs: number
  /** The class of the error, or what was wrong with an answer that looked fine. */
  readonly error?: string
}

/** What became of the calls of one phase, or of all. */
export interface Tally {
  readonly calls: number
  readonly answered: number
  readonly lost: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** How often which error was seen. */
  readonly errors: Readonly<Record<string, number>>
}

/** The outcomes of one client. */
export class Ledger {
  readonly #outcomes: Outcome[] = []
  begun = 0

  add(outcome: Outcome): void {
    this.#outcomes.push(outcome)
  }

  get inFlight(): number {
    return this.begun - this.#outcomes.length
  }

  total(): Tally {
    return count(this.#outcomes)
  }

  /** What became of the calls that began in this phase. */
  of(phase: number): Tally {
    return count(this.#outcomes.filter((outcome) => outcome.phase === phase))
  }
}

function count(outcomes: readonly Outcome[]): Tally {
  const answered = outcomes.filter((outcome) => outcome.answered)
  const durations = answered.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b)
  const errors: Record<string, number> = {}
  for (const { error } of outcomes) if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1
  return {
    calls: outcomes.length,
    answered: answered.length,
    lost: outcomes.length - answered.length,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    errors,
  }
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
