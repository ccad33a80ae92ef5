import { oneOf, refuseFaults } from "@bellwether/core"
import type { Price, Services, Target } from "@bellwether/core"
import { byModel } from "./by-model.ts"
import { scaledBy } from "./nano-usd.ts"
import { noPrices } from "./options.ts"
import type { CostOptions, EndpointTerms } from "./options.ts"
import type { PriceBook, PriceQuestion } from "./price-book.ts"
import { soundPrice } from "./sound-price.ts"

/** What is looked up: where tokens are used, and how many of a request. */
interface Asked {
  readonly target: Target
  readonly model: string | undefined
  readonly inputTokens: number
}

/** Knows what each target takes. */
export class TargetPrices {
  readonly #prices: PriceBook
  readonly #reference: PriceBook
  readonly #terms: ReadonlyMap<string, Terms>
  readonly #dateMs: () => number
  readonly #tell: (error: unknown) => void

  /**
   * @param tell hears of what a price book throws, and of what it gives that is no price
   * @throws PipelineError `invalid-options` for terms of an endpoint that does not exist, or that change nothing
   */
  constructor(
    { prices, reference, endpoints }: Required<CostOptions>,
    { targets, clock }: Pick<Services, "targets" | "clock">,
    tell: (error: unknown) => void,
  ) {
    refuseFaults(faultsOf(endpoints, targets))
    this.#prices = prices
    this.#reference = reference
    this.#terms = new Map(Object.entries(endpoints).map(([id, terms]) => [id, termsOf(terms)]))
    this.#dateMs = () => clock.date()
    this.#tell = tell
  }

  /** What the target takes: for the model, else for all, else what the book says at the endpoint's terms. */
  of({ target, model, inputTokens }: Asked): Price | undefined {
    const terms = this.#terms.get(target.endpoint) ?? noTerms
    const own = model === undefined ? undefined : terms.of(model)
    if (own?.price !== undefined) return own.price
    if (own === undefined && target.price !== undefined) return target.price
    if (model === undefined) return undefined
    const listed = this.#ask(this.#prices, model, inputTokens, terms.provider)
    return listed && (own?.scale ?? terms.scale)(listed)
  }

  /** Whether there is anything to know the target's prices from. */
  knows({ endpoint, price }: Target): boolean {
    return price !== undefined || this.#prices !== noPrices || this.#terms.get(endpoint)?.hasOwn === true
  }

  /** What the same would have been elsewhere. */
  reference({ model, inputTokens }: Omit<Asked, "target">): Price | undefined {
    return model === undefined ? undefined : this.#ask(this.#reference, model, inputTokens)
  }

  #ask(book: PriceBook, model: string, inputTokens: number, provider?: string): Price | undefined {
    const question: PriceQuestion = { model, inputTokens, dateMs: this.#dateMs() }
    try {
      const listed = book.price(provider === undefined ? question : { ...question, provider })
      return listed && soundPrice(listed)
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }
}

/** What an endpoint takes for one model: a price, or what becomes of the book's. */
type OwnTerms =
  | { readonly price: Price; readonly scale?: undefined }
  | { readonly price?: undefined; readonly scale: (listed: Price) => Price }

/** The terms of one endpoint. */
interface Terms {
  readonly provider: string | undefined
  /** What becomes of the book's price. */
  readonly scale: (listed: Price) => Price
  readonly of: (model: string) => OwnTerms | undefined
  readonly hasOwn: boolean
}

function termsOf({ provider, factor = 1, usdPerUnit = 1, models = {} }: EndpointTerms): Terms {
  const own = Object.entries(models).map(([model, terms]): [string, OwnTerms] => [
    model,
    "factor" in terms
      ? { scale: scaledBy(terms.factor * usdPerUnit) }
      : { price: scaledBy(usdPerUnit)(terms) },
  ])
  return {
    provider,
    scale: scaledBy(factor * usdPerUnit),
    of: byModel(Object.fromEntries(own)),
    hasOwn: own.length > 0,
  }
}

const noTerms = termsOf({})

function faultsOf(
  endpoints: Readonly<Record<string, EndpointTerms>>,
  targets: readonly Target[],
): readonly string[] {
  const ids = [...new Set(targets.map(({ endpoint }) => endpoint))]
  const priced = new Set(targets.flatMap(({ endpoint, price }) => (price === undefined ? [] : [endpoint])))
  return Object.entries(endpoints).flatMap(([id, terms]) => [
    ...oneOf(ids)(id, "A name in cost.endpoints"),
    ...(priced.has(id) ? inert(terms) : []).map(
      (name) => `cost.endpoints.${id}.${name} has no effect: the endpoint has a price of its own.`,
    ),
  ])
}

/** What is said of a book's prices, or of own ones, where none of them is asked for. */
function inert({ models = {}, ...terms }: EndpointTerms): readonly (keyof EndpointTerms)[] {
  const own = Object.values(models)
  const isOf: Readonly<Record<keyof typeof terms, boolean>> = {
    factor: false,
    provider: own.some((each) => "factor" in each),
    usdPerUnit: own.length > 0,
  }
  return (Object.keys(terms) as (keyof typeof terms)[]).filter(
    (name) => terms[name] !== undefined && !isOf[name],
  )
}
