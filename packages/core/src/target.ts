/** What tokens cost: USD per million. */
export interface Price {
  readonly input: number
  readonly output: number
}

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
  /** How much of its tier's load it takes, beside the others' weights. */
  readonly weight: number
  /** What the endpoint is declared to cost. */
  readonly price?: Price
  /** The models it is declared to serve, exact or by their beginning (`claude-*`); absent: any. */
  readonly serves?: readonly string[]
  /** Tokens of context the endpoint is declared to hold. */
  readonly contextTokens?: number
  /** Whether the endpoint is declared to continue an assistant message that was begun. */
  readonly prefill: boolean
}
