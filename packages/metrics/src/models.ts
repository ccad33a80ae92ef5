import { ModelSeries } from "./series.ts"

/** Which models are told apart. */
export interface ModelRules {
  /** These alone, if given: exact, or by their beginning (`claude-*`). */
  readonly models: readonly string[] | undefined
  /** As many as this otherwise, in the order in which they come. */
  readonly maxModels: number
}

/** Names of rows. A model that is called so has no other one: two rows of one name could not be told apart. */
const none = "(none)"
const others = "(other)"
export const ownRows: readonly string[] = [none, others]

/** Longer names are nobody's model; whoever sends them shall not fill the memory. */
const longestName = 200

/** The rows there are. All pipelines of a state have the same, whatever models each of them tells apart. */
export interface ModelRows {
  readonly named: Map<string, ModelSeries>
  readonly none: ModelSeries
  readonly others: ModelSeries
}

/** None yet. */
export const freshRows = (): ModelRows => ({
  named: new Map(),
  none: new ModelSeries(none, false),
  others: new ModelSeries(others, true),
})

/** The models that are told apart: there are only so many, whatever callers ask for. */
export class Models {
  readonly #rows: ModelRows
  readonly #listed: ReadonlyMap<string, ModelSeries> | undefined
  readonly #beginnings: readonly { readonly beginning: string; readonly series: ModelSeries }[]
  readonly #known = new Map<string, ModelSeries>()
  readonly #maxModels: number

  constructor({ models, maxModels }: ModelRules, rows = freshRows()) {
    this.#rows = rows
    const listed = models?.map((name) => [name, this.#row(name, name.endsWith("*"))] as const)
    this.#listed = listed && new Map(listed)
    this.#beginnings = (listed ?? [])
      .filter(([name]) => name.endsWith("*"))
      .map(([name, series]) => ({ beginning: name.slice(0, -1), series }))
      .toSorted((one, other) => other.beginning.length - one.beginning.length)
    this.#maxModels = maxModels
  }

  of(name: string | undefined): ModelSeries {
    if (name === undefined) return this.#rows.none
    if (this.#listed === undefined) return this.#known.get(name) ?? this.#added(name)
    return (
      this.#listed.get(name) ??
      this.#beginnings.find(({ beginning }) => name.startsWith(beginning))?.series ??
      this.#rows.others
    )
  }

  /** All there are by now. */
  all(): readonly ModelSeries[] {
    return [...this.#rows.named.values(), this.#rows.none, this.#rows.others]
  }

  #added(name: string): ModelSeries {
    if (!this.#hasRow(name)) return this.#rows.others
    const series = this.#row(name, false)
    this.#known.set(name, series)
    return series
  }

  /** Never changes for a name: a row that another pipeline has beyond our number is not ours, for a call may be under way. */
  #hasRow(name: string): boolean {
    const { named } = this.#rows
    const place = named.has(name) ? [...named.keys()].indexOf(name) : named.size
    return place < this.#maxModels && name.length <= longestName && !ownRows.includes(name)
  }

  #row(name: string, isMixed: boolean): ModelSeries {
    const { named } = this.#rows
    const series = named.get(name) ?? new ModelSeries(name, isMixed)
    named.set(name, series)
    return series
  }
}
