import type { Target } from "@bellwether/core"
import { AttemptCell } from "./attempt-cell.ts"
import { CallCell } from "./call-cell.ts"
import { ProbeCell } from "./probe-cell.ts"
import type { AttemptSeries, ModelSeries } from "./series.ts"

/** What was counted in a stretch of time. */
export class Ledger {
  readonly #calls = new Map<ModelSeries, CallCell>()
  readonly #attempts = new Map<AttemptSeries, AttemptCell>()
  readonly #probes = new Map<Target["id"], ProbeCell>()

  get calls(): ReadonlyMap<ModelSeries, CallCell> {
    return this.#calls
  }

  get attempts(): ReadonlyMap<AttemptSeries, AttemptCell> {
    return this.#attempts
  }

  get probes(): ReadonlyMap<Target["id"], ProbeCell> {
    return this.#probes
  }

  callsFor(series: ModelSeries): CallCell {
    return cellOf(this.#calls, series, CallCell)
  }

  attemptsOn(series: AttemptSeries): AttemptCell {
    return cellOf(this.#attempts, series, AttemptCell)
  }

  probesOf(targetId: Target["id"]): ProbeCell {
    return cellOf(this.#probes, targetId, ProbeCell)
  }

  /** Takes in all that another one holds. */
  add(other: Ledger): void {
    for (const [series, cell] of other.calls) this.callsFor(series).add(cell)
    for (const [series, cell] of other.attempts) this.attemptsOn(series).add(cell)
    for (const [targetId, cell] of other.probes) this.probesOf(targetId).add(cell)
  }
}

function cellOf<Series, Cell>(cells: Map<Series, Cell>, series: Series, Kind: new () => Cell): Cell {
  const known = cells.get(series)
  if (known !== undefined) return known
  const cell = new Kind()
  cells.set(series, cell)
  return cell
}
