/** One endpoint with one key: the unit that is chosen, broken, limited and metered. Holds no secret. */
export interface Target {
  /** `endpoint/key`, unique in the pipeline. */
  readonly id: string
  /** The endpoint's id. */
  readonly endpoint: string
  /** The key's id, never its value. */
  readonly key: string
  /** 0 is preferred, 1 the fallback, and so on. */
  readonly tier: number
  /** Tokens of context the endpoint is declared to hold. */
  readonly contextTokens?: number
  /** Whether the endpoint is declared to continue an assistant message that was begun. */
  readonly prefill: boolean
}
