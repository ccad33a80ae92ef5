import { ModelSeries } from "./series.ts"

/** Which models are told apart. */
export interface ModelRules {
  /** These alone, if given: exact, or by their beginning (`claude-*`). */
  readonly models: readonly string[] | undefined
  /** As many as this otherwise, in the order in which they come. */
  readonly maxModels: number
}

/** No model has brackets in its name. */
const none = "(none)"
const others = "(other)"

/** Longer names are nobody's model; whoever sends them shall not fill the memory. */
const longestName = 200

/** The models that are told apart: there are only so many, whatever callers ask for. */
export class Models {
  readonly #listed: ReadonlyMap<string, ModelSeries> | undefined
  readonly #beginnings: readonly { readonly beginning: string; readonly series: ModelSeries }[]
  readonly #known = new Map<string, ModelSeries>()
  readonly #maxModels: number
  readonly #none = new ModelSeries(none, false)
  readonly #others = new ModelSeries(others, true)

  constructor({ models, maxModels }: ModelRules) {
    const listed = models?.map((name) => [name, new ModelSeries(name, name.endsWith("*"))] as const)
    this.#listed = listed && new Map(listed)
    this.#beginnings = (listed ?? [])
      .filter(([name]) => name.endsWith("*"))
      .map(([name, series]) => ({ beginning: name.slice(0, -1), series }))
      .toSorted((one, other) => other.beginning.length - one.beginning.length)
    this.#maxModels = maxModels
  }

  of(name: string | undefined): ModelSeries {
    if (name === undefined) return this.#none
    if (this.#listed === undefined) return this.#known.get(name) ?? this.#added(name)
    return (
      this.#listed.get(name) ??
      this.#beginnings.find(({ beginning }) => name.startsWith(beginning))?.series ??
      this.#others
    )
  }

  /** All there are by now. */
  all(): readonly ModelSeries[] {
    return [...(this.#listed ?? this.#known).values(), this.#none, this.#others]
  }

  #added(name: string): ModelSeries {
    if (this.#known.size >= this.#maxModels || name.length > longestName) return this.#others
    const series = new ModelSeries(name, false)
    this.#known.set(name, series)
    return series
  }
}
