import { price, recordOf, refuseFaults } from "@bellwether/core"
import type { Price } from "@bellwether/core"
import { byModel, modelNames } from "./by-model.ts"
import type { PriceBook } from "./price-book.ts"

/**
 * A price book of your own: prices by model, by its exact name or its beginning (`claude-*`); the longest one counts.
 *
 * @example
 * priceList({ "gpt-4o": { input: 2.5, output: 10, cachedInput: 1.25 }, "claude-*": { input: 3, output: 15 } })
 *
 * @throws PipelineError `invalid-options`
 */
export function priceList(prices: Readonly<Record<string, Price>>): PriceBook {
  refuseFaults([...recordOf(price)(prices, "priceList"), ...modelNames(prices, "priceList")])
  const priceOf = byModel(prices)
  return { price: ({ model }) => priceOf(model) }
}
