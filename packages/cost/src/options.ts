import {
  callable,
  checkOptions,
  count,
  must,
  price,
  recordOf,
  refuseFaults,
  required,
  shape,
  text,
} from "@bellwether/core"
import type { Check, Price } from "@bellwether/core"
import { modelNames } from "./by-model.ts"
import { priceList } from "./price-list.ts"
import type { PriceBook } from "./price-book.ts"

/** What an endpoint takes for a model: a price, or a share of what the price book says. */
export type ModelTerms = Price | { readonly factor: number }

/** What an endpoint takes instead of what the price book says. */
export interface EndpointTerms {
  /** Its provider's name in the price book, where prices differ (`azure`). @default whoever makes the model */
  readonly provider?: string
  /** Share of the book's price that it takes: 0.15 for one that is 85 % cheaper. @default 1 */
  readonly factor?: number
  /** By model, exact or by its beginning (`claude-*`): a price of its own, or another factor. */
  readonly models?: Readonly<Record<string, ModelTerms>>
  /** USD that a unit of its prices costs: 1 / 7.3 where a yuan buys credit for a dollar. @default 1 */
  readonly usdPerUnit?: number
}

/** Where prices come from, and how many names are told apart. */
export interface CostOptions {
  /** The prices of providers. @default none: only what endpoints declare is known */
  readonly prices?: PriceBook
  /** The prices that savings are told against. @default `prices`, without what endpoints take instead */
  readonly reference?: PriceBook
  /** By the id of an endpoint. */
  readonly endpoints?: Readonly<Record<string, EndpointTerms>>
  /** How many models are told apart; the others are counted together. @default 100 */
  readonly maxModels?: number
  /** How many tags are told apart; the others are counted together. @default 100 */
  readonly maxTags?: number
}

const positive = must(
  "a number above 0",
  (value) => typeof value === "number" && value > 0 && value < Infinity,
)
const share = must(
  "a number, not negative",
  (value) => typeof value === "number" && value >= 0 && value < Infinity,
)
const book = shape<PriceBook>({ price: required(callable) })

const modelTerms: Check = (value, path) =>
  typeof value === "object" && value !== null && "factor" in value
    ? shape<{ factor: number }>({ factor: required(share) })(value, path)
    : price(value, path)

/** A book in which nothing stands. */
export const noPrices: PriceBook = priceList({})

/** @throws PipelineError `invalid-options` */
export function readOptions(options: CostOptions | undefined): Required<CostOptions> {
  checkOptions<CostOptions>("cost", options, {
    prices: book,
    reference: book,
    endpoints: recordOf(
      shape<EndpointTerms>({
        provider: text,
        factor: share,
        models: (value, path) =>
          value === undefined ? [] : [...recordOf(modelTerms)(value, path), ...modelNames(value, path)],
        usdPerUnit: positive,
      }),
    ),
    maxModels: count,
    maxTags: count,
  })
  if (options?.prices === undefined) refuseFaults(inertTerms(options?.endpoints ?? {}))
  const { prices = noPrices, endpoints = {}, maxModels = 100, maxTags = 100 } = options ?? {}
  return { prices, reference: options?.reference ?? prices, endpoints, maxModels, maxTags }
}

/** What changes prices of a book that is not there. */
const inertTerms = (endpoints: Readonly<Record<string, EndpointTerms>>): readonly string[] =>
  Object.entries(endpoints).flatMap(([id, { provider, factor, usdPerUnit, models = {} }]) => {
    const own = Object.values(models)
    const isInert =
      provider !== undefined ||
      factor !== undefined ||
      (usdPerUnit !== undefined && own.length === 0) ||
      own.some((each) => "factor" in each)
    return isInert ? [`cost.endpoints.${id} needs cost.prices: it tells a share of what stands there.`] : []
  })
