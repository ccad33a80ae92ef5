import type { Price } from "@bellwether/core"
import type { PriceBook, PriceQuestion } from "./price-book.ts"

/** USD per million tokens; of some models more for requests of more than `start` tokens. */
type Rate =
  | number
  | {
      readonly base: number
      readonly tiers: readonly { readonly start: number; readonly price: number }[]
    }

type Rates = Readonly<Record<string, Rate | undefined>>

/** As much of `calcPrice` as is used here. */
export type CalculatePrice = (
  usage: Record<string, number | undefined>,
  model: string,
  options?: { providerId?: string; timestamp?: Date },
) => { readonly model_price: Rates } | null

/** The price of a model for a request of so many tokens. */
type Pricing = (inputTokens: number) => Price | undefined

interface Remembered {
  readonly price: Pricing | undefined
  /** Milliseconds since 1970. */
  readonly untilMs: number
}

const rememberedModels = 1_000
const longestName = 200
const minuteMs = 60_000

/**
 * The prices of `@pydantic/genai-prices`, which is handed in, so that who does not want it need not install it.
 *
 * @example
 * import { calcPrice } from "@pydantic/genai-prices"
 * cost({ prices: genaiPrices(calcPrice) })
 */
export function genaiPrices(calculate: CalculatePrice): PriceBook {
  // A look through its tables takes a fifth of a millisecond, and prices differ by the hour at most.
  const known = new Map<string | undefined, Map<string, Remembered>>()

  function pricingOf({ model, provider, dateMs }: PriceQuestion): Pricing | undefined {
    if (model.length > longestName) return undefined
    const models = known.get(provider) ?? new Map<string, Remembered>()
    const remembered = models.get(model)
    if (remembered !== undefined && dateMs < remembered.untilMs) return remembered.price
    const timestamp = new Date(dateMs)
    const [maker, rest] = withMaker(model)
    const rates =
      calculate({}, model, { timestamp, ...(provider !== undefined && { providerId: provider }) }) ??
      (provider === undefined && rest !== undefined
        ? calculate({}, rest, { timestamp, providerId: maker })
        : null)
    if (models.size >= rememberedModels) models.clear()
    const price = rates === null ? undefined : pricing(rates.model_price)
    models.set(model, { price, untilMs: (Math.floor(dateMs / minuteMs) + 1) * minuteMs })
    known.set(provider, models)
    return price
  }

  return { price: (question) => pricingOf(question)?.(question.inputTokens ?? 0) }
}

/** `openai/gpt-4o`, as relays like to name models: its maker, and its name there. */
function withMaker(model: string): readonly [maker: string, rest: string | undefined] {
  const slash = model.indexOf("/")
  return slash === -1 ? ["", undefined] : [model.slice(0, slash), model.slice(slash + 1)]
}

const names = {
  cachedInput: "cache_read_mtok",
  cacheWrite: "cache_write_mtok",
  longCacheWrite: "cache_write_1h_mtok",
  audioInput: "input_audio_mtok",
  imageInput: "input_image_mtok",
  reasoning: "output_reasoning_mtok",
  audioOutput: "output_audio_mtok",
  imageOutput: "output_image_mtok",
} satisfies Record<Exclude<keyof Price, "input" | "output">, string>

/** Most models have one price, whatever the length of the request. */
function pricing(rates: Rates): Pricing {
  if (Object.values(rates).some((rate) => typeof rate === "object"))
    return (inputTokens) => priceFrom(rates, inputTokens)
  const price = priceFrom(rates, 0)
  return () => price
}

/** `undefined` for what is not sold by tokens, such as a minute of sound. */
function priceFrom(rates: Rates, inputTokens: number): Price | undefined {
  const input = rateFor(rates["input_mtok"], inputTokens)
  if (input === undefined) return undefined
  const more = Object.entries(names)
    .map(([kind, name]) => [kind, rateFor(rates[name], inputTokens)] as const)
    .filter(([, rate]) => rate !== undefined)
  return { input, output: rateFor(rates["output_mtok"], inputTokens) ?? 0, ...Object.fromEntries(more) }
}

function rateFor(rate: Rate | undefined, inputTokens: number): number | undefined {
  if (typeof rate !== "object") return rate
  return rate.tiers.reduce((price, tier) => (inputTokens > tier.start ? tier.price : price), rate.base)
}
