import { oneOf, refuseFaults } from "@bellwether/core"
import type { Price, Services, Target } from "@bellwether/core"
import { byModel } from "./by-model.ts"
import { scaled } from "./nano-usd.ts"
import type { CostOptions, EndpointTerms, ModelTerms } from "./options.ts"
import type { PriceBook, PriceQuestion } from "./price-book.ts"

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
   * @param tell hears of what a price book throws
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
    if (own !== undefined && !("factor" in own)) return scaled(own, terms.usdPerUnit)
    if (own === undefined && target.price !== undefined) return target.price
    if (model === undefined) return undefined
    const listed = this.#ask(this.#prices, model, inputTokens, terms.provider)
    return listed && scaled(listed, (own?.factor ?? terms.factor) * terms.usdPerUnit)
  }

  /** What the same would have been elsewhere. */
  reference({ model, inputTokens }: Omit<Asked, "target">): Price | undefined {
    return model === undefined ? undefined : this.#ask(this.#reference, model, inputTokens)
  }

  #ask(book: PriceBook, model: string, inputTokens: number, provider?: string): Price | undefined {
    const question: PriceQuestion = { model, inputTokens, dateMs: this.#dateMs() }
    try {
      return book.price(provider === undefined ? question : { ...question, provider })
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }
}

/** The terms of one endpoint. */
interface Terms {
  readonly provider: string | undefined
  readonly factor: number
  readonly usdPerUnit: number
  readonly of: (model: string) => ModelTerms | undefined
}

const termsOf = ({ provider, factor = 1, usdPerUnit = 1, models = {} }: EndpointTerms): Terms => ({
  provider,
  factor,
  usdPerUnit,
  of: byModel(models),
})

const noTerms = termsOf({})

function faultsOf(
  endpoints: Readonly<Record<string, EndpointTerms>>,
  targets: readonly Target[],
): readonly string[] {
  const ids = [...new Set(targets.map(({ endpoint }) => endpoint))]
  const priced = new Set(targets.flatMap(({ endpoint, price }) => (price === undefined ? [] : [endpoint])))
  return Object.entries(endpoints).flatMap(([id, { factor }]) => [
    ...oneOf(ids)(id, "A name in cost.endpoints"),
    ...(factor !== undefined && priced.has(id)
      ? [`cost.endpoints.${id}.factor has no effect: the endpoint has a price of its own.`]
      : []),
  ])
}
