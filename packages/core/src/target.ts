/** What tokens cost: USD per million. A kind without a price of its own costs what the others of its side do. */
export interface Price {
  readonly input: number
  readonly output: number
  /** Of input that the provider had in its cache. @default input */
  readonly cachedInput?: number
  /** Of input that it writes into its cache. @default input */
  readonly cacheWrite?: number
  /** Of input that it keeps in its cache for an hour. @default cacheWrite */
  readonly longCacheWrite?: number
  /** Of sound in the request. @default input */
  readonly audioInput?: number
  /** Of pictures in the request. @default input */
  readonly imageInput?: number
  /** Of reasoning. @default output */
  readonly reasoning?: number
  /** Of sound in the answer. @default output */
  readonly audioOutput?: number
  /** Of pictures in the answer. @default output */
  readonly imageOutput?: number
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
