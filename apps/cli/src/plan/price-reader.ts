import { PriceOf } from "@bellwether/core"
import type { Plugin, Target } from "@bellwether/core"
import type { Question } from "./finding.ts"

/** Hears from a pipeline what its targets cost. */
export interface PriceReader {
  /** To be put into the pipeline. */
  readonly plugin: Plugin
  /** What the question costs there, for this model; `undefined` where no price is known. */
  usdAt(target: Target, model: string | undefined): number | undefined
}

/** Reads what this question costs. */
export function priceReader({ inputTokens, outputTokens }: Question): PriceReader {
  let priceOf: () => PriceOf = () => PriceOf.fallback
  return {
    plugin: { name: "price-reader", setup: (services) => void (priceOf = services.use(PriceOf)) },
    usdAt(target, model) {
      const price = priceOf().of(target, model)
      return price && (price.input * inputTokens + price.output * outputTokens) / 1_000_000
    },
  }
}
