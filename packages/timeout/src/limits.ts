/** How long an attempt may take for each of its parts, in milliseconds. */
export interface Limits {
  /**
   * From the start of a streaming attempt to the response's headers.
   * @default 30_000
   */
  readonly headersMs: number
  /**
   * From the start of a streaming attempt to its first content; role events and keep-alives are none.
   * @default 30_000, for models known to think first 120_000
   */
  readonly firstContentMs: number
  /**
   * Between two events of a committed answer, counted while the caller is reading.
   * @default 30_000
   */
  readonly idleMs: number
  /**
   * From the start of an attempt that does not stream to its complete answer.
   * @default 120_000
   */
  readonly answerMs: number
  /**
   * For the whole attempt, its body included.
   * @default none
   */
  readonly totalMs?: number
}

export const defaultLimits: Limits = {
  headersMs: 30_000,
  firstContentMs: 30_000,
  idleMs: 30_000,
  answerMs: 120_000,
}

/** What a model that thinks first is given, unless it is told otherwise. */
export const reasoningFirstContentMs = 120_000
