import { AttemptCell } from "./attempt-cell.ts"
import { CallCell } from "./call-cell.ts"
import type { AttemptSeries, ModelSeries } from "./series.ts"

/** What was counted in a stretch of time. */
export class Ledger {
  readonly #calls = new Map<ModelSeries, CallCell>()
  readonly #attempts = new Map<AttemptSeries, AttemptCell>()

  get calls(): ReadonlyMap<ModelSeries, CallCell> {
    return this.#calls
  }

  get attempts(): ReadonlyMap<AttemptSeries, AttemptCell> {
    return this.#attempts
  }

  callsFor(series: ModelSeries): CallCell {
    const known = this.#calls.get(series)
    if (known !== undefined) return known
    const cell = new CallCell()
    this.#calls.set(series, cell)
    return cell
  }

  attemptsOn(series: AttemptSeries): AttemptCell {
    const known = this.#attempts.get(series)
    if (known !== undefined) return known
    const cell = new AttemptCell()
    this.#attempts.set(series, cell)
    return cell
  }

  /** Takes in all that another one holds. */
  add(other: Ledger): void {
    for (const [series, cell] of other.calls) this.callsFor(series).add(cell)
    for (const [series, cell] of other.attempts) this.attemptsOn(series).add(cell)
  }
}
