/** How calls went, or attempts at an endpoint. */
export interface Traffic {
  /** Those that are over: successful, failed or cancelled. */
  readonly total: number
  readonly successful: number
  readonly failed: number
  /** Given up by the caller, or overtaken by another attempt. */
  readonly cancelled: number
  /** Now. */
  readonly inFlight: number
  /** The failed ones by class, such as `rate-limited`. */
  readonly failures: Readonly<Record<string, number>>
  /** To the end of the answer, of the successful ones. */
  readonly durationMs: Percentiles | null
  /** To the first content, of the successful streams. */
  readonly firstContentMs: Percentiles | null
}

/** How durations are spread. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** How calls went, and what was done for them. */
export interface Totals extends Traffic {
  /** Attempts on another target than the one before. */
  readonly failovers: number
  /** Attempts on the same target once more. */
  readonly retries: number
  readonly hedges: number
  /** Streams that were cut and went on elsewhere. */
  readonly resumes: number
  /** Attempts on a target known to be unavailable, because all were. */
  readonly panics: number
  readonly circuitOpenings: number
  readonly tokens: { readonly input: number; readonly output: number }
}
