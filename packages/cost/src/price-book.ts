import type { Price } from "@bellwether/core"

/** What a price is asked for. */
export interface PriceQuestion {
  /** As the caller names it. */
  readonly model: string
  /** Whose price, in the words of the book; absent: whoever makes the model. */
  readonly provider?: string
  /** Tokens of the request, for providers that ask more for long ones. @default 0 */
  readonly inputTokens?: number
  /** Milliseconds since 1970: prices change, some by the hour. */
  readonly dateMs: number
}

/** Whoever knows prices: a list of your own ({@link priceList}), a data package, a database. */
export interface PriceBook {
  /** Called for each attempt that used tokens; answers from memory. `undefined` when the price is not known. */
  price(question: PriceQuestion): Price | undefined
}
