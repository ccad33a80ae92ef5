/** The last minutes in steps, oldest first, column by column. All columns are equally long. */
export interface History {
  /** How long a step is. */
  readonly stepMs: number
  /** When each step began, in milliseconds since 1970. The last one is not over. */
  readonly atMs: readonly number[]
  /** Calls, by the step they ended in. */
  readonly calls: HistorySeries
  /** Attempts, by the endpoint's id. */
  readonly endpoints: Readonly<Record<string, HistorySeries>>
}

/** What ended in each step. Durations are those of the successful ones, `null` where there were none. */
export interface HistorySeries {
  readonly total: readonly number[]
  readonly failed: readonly number[]
  readonly p50Ms: readonly (number | null)[]
  readonly p95Ms: readonly (number | null)[]
  /** To the first content of streams. */
  readonly firstContentP50Ms: readonly (number | null)[]
  readonly firstContentP95Ms: readonly (number | null)[]
}
