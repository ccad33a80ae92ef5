import { AttemptEnded, AttemptStarted, CallEnded, CallStarted, TargetRefused } from "@bellwether/core"
import { CostOf, QuotaLevels } from "@bellwether/core"
import type { Attempt, Ending, QuotaLevel, Services, Target } from "@bellwether/core"
import { Healths } from "./healths.ts"
import { CallWaited, CircuitClosed, CircuitHalfOpened, CircuitOpened, ProbeEnded } from "./heard-events.ts"
import { Ledgers, sliceMs } from "./ledgers.ts"
import type { Ledger } from "./ledger.ts"
import { freshRows, Models } from "./models.ts"
import type { ModelRules } from "./models.ts"
import type { AttemptSeries, CircuitState } from "./series.ts"

/** What was counted since a time, and what is known now. */
export interface Counted {
  /** Milliseconds since 1970. */
  readonly sinceMs: number
  readonly ledger: Ledger
  readonly models: Models
  readonly healths: Healths
  /** What is left now of quotas and budgets. */
  readonly levels: readonly QuotaLevel[]
  readonly services: Services
  /** Whether anybody knows what attempts cost. */
  readonly isCosted: boolean
}

/** What was counted, by all pipelines of a state. */
interface Book {
  readonly ledgers: Ledgers
  /** Monotonic milliseconds. */
  resetAtMs: number
  /** Milliseconds since 1970. */
  sinceMs: number
}

/** Hears what happens in a pipeline and counts it. No listener asks what time it is where the event tells. */
export class Counting {
  readonly #services: Services
  readonly #targetIds: ReadonlySet<string>
  readonly #models: Models
  readonly #book: Book
  readonly #ledgers: Ledgers
  readonly #healths: Healths
  readonly #costOf: () => CostOf
  readonly #levels: () => QuotaLevels

  constructor(services: Services, rules: ModelRules) {
    const { clock, on, kept, signal, targets } = services
    this.#services = services
    this.#targetIds = new Set(targets.map(({ id }) => id))
    this.#models = new Models(rules, kept("rows", freshRows))
    this.#book = kept("book", () => ({
      ledgers: new Ledgers(),
      resetAtMs: clock.now(),
      sinceMs: clock.date(),
    }))
    this.#ledgers = this.#book.ledgers
    this.#healths = new Healths(services)
    this.#costOf = services.use(CostOf)
    this.#levels = services.use(QuotaLevels)
    on(CallStarted, ({ call }) => void this.#models.of(call.model).inFlight++)
    on(CallEnded, ({ call, ending }) => {
      const series = this.#models.of(call.model)
      series.inFlight--
      const ledger = this.#ledgers.at(call.startedAtMs + ending.durationMs)
      ledger.callsFor(series).outcomes.ended(ending, call.stream)
    })
    on(AttemptStarted, ({ attempt }) => this.#started(attempt))
    on(AttemptEnded, ({ attempt, ending }) => this.#ended(attempt, ending))
    on(TargetRefused, ({ call, target }) => {
      const series = this.#series(target, call.model)
      if (series !== undefined) this.#ledger().attemptsOn(series).refusals++
    })
    on(CallWaited, ({ call, waitMs }) =>
      this.#ledger().callsFor(this.#models.of(call.model)).waitMs.record(waitMs),
    )
    // A circuit of several pipelines is told of in each.
    const countings = kept("countings", () => new Set<Counting>()).add(this)
    const isNewest = (): boolean => [...countings].at(-1) === this
    signal.addEventListener("abort", () => void countings.delete(this), { once: true })
    on(CircuitOpened, ({ target, model }) => {
      const series = this.#circuitIs("open", target, model)
      if (series !== undefined && isNewest()) this.#ledger().attemptsOn(series).circuitOpenings++
    })
    on(CircuitHalfOpened, ({ target, model }) => void this.#circuitIs("half-open", target, model))
    on(CircuitClosed, ({ target, model }) => void this.#circuitIs("closed", target, model))
    on(ProbeEnded, ({ target, result }) => {
      if (this.#targetIds.has(target.id)) this.#ledger().probesOf(target.id).ended(result)
    })
  }

  reset(): void {
    this.#book.resetAtMs = this.#services.clock.now()
    this.#book.sinceMs = this.#services.clock.date()
    this.#ledgers.reset()
  }

  /** @param windowMs absent: since the begin or the last reset */
  read(windowMs = Infinity): Counted {
    const { clock } = this.#services
    const nowMs = clock.now()
    const windowStartMs = sliceMs * Math.floor((nowMs - windowMs) / sliceMs)
    const isWhole = windowStartMs <= this.#book.resetAtMs
    return {
      sinceMs: isWhole ? this.#book.sinceMs : Math.round(clock.date() - (nowMs - windowStartMs)),
      ledger: isWhole ? this.#ledgers.total() : this.#ledgers.since(windowStartMs),
      models: this.#models,
      healths: this.#healths,
      levels: this.#levels().all(),
      services: this.#services,
      isCosted: this.#costOf() !== CostOf.fallback,
    }
  }

  #started(attempt: Attempt): void {
    const series = this.#series(attempt.target, attempt.model)
    if (series === undefined) return
    series.inFlight++
    if (attempt.number === 1 && attempt.kind === "first") return
    this.#ledgers.at(attempt.startedAtMs).attemptsOn(series).moved(attempt)
  }

  #ended(attempt: Attempt, ending: Ending): void {
    const series = this.#series(attempt.target, attempt.model)
    if (series === undefined) return
    series.inFlight--
    const cell = this.#ledgers.at(attempt.startedAtMs + ending.durationMs).attemptsOn(series)
    cell.ended(attempt, ending)
    // Last, for it may be anybody's code.
    const costOf = this.#costOf()
    if (costOf !== CostOf.fallback) cell.cost.count(costOf.attempt(attempt))
  }

  /** `undefined` for a target that is none of this pipeline: there may be any number of those. */
  #series(target: Target, model: string | undefined): AttemptSeries | undefined {
    const series = this.#models.of(model)
    return series.knownOn(target) ?? (this.#targetIds.has(target.id) ? series.begin(target) : undefined)
  }

  /** Of models that share a row no single state can be told. */
  #circuitIs(state: CircuitState, target: Target, model: string | undefined): AttemptSeries | undefined {
    const series = this.#series(target, model)
    if (series !== undefined && !this.#models.of(model).isMixed) series.circuit = state
    return series
  }

  #ledger(): Ledger {
    return this.#ledgers.at(this.#services.clock.now())
  }
}
