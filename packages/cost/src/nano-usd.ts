import type { Price } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"

/** How many nano-USD a dollar is. */
export const nanoPerUsd = 1e9

/** USD per million tokens are micro-USD per token. */
const nanoPerMicro = 1_000

/**
 * What tokens cost, in whole nano-USD: rounded once, so that sums of it are exact and in any order the same. Where a
 * provider counts a token as of two kinds (cached, and sound), it is of the one that is named first.
 */
export function nanoUsdOf(price: Price, usage: Usage): number {
  const { longCacheWrite = 0, cacheWrite = longCacheWrite } = usage
  const asked = new Bill(usage.input, price.input)
  asked.charge(usage.cachedInput, price.cachedInput)
  asked.charge(longCacheWrite, price.longCacheWrite ?? price.cacheWrite)
  asked.charge(Math.max(0, cacheWrite - longCacheWrite), price.cacheWrite)
  asked.charge(usage.audioInput, price.audioInput)
  asked.charge(usage.imageInput, price.imageInput)
  const answered = new Bill(usage.output, price.output)
  answered.charge(usage.reasoning, price.reasoning)
  answered.charge(usage.audioOutput, price.audioOutput)
  answered.charge(usage.imageOutput, price.imageOutput)
  return Math.round((asked.total + answered.total) * nanoPerMicro)
}

/** In micro-USD: the shares that have a price of their own, none of which is larger than what is left, and the rest. */
class Bill {
  readonly #usdPerMillion: number
  #left: number
  #sum = 0

  constructor(tokens: number, usdPerMillion: number) {
    this.#left = tokens
    this.#usdPerMillion = usdPerMillion
  }

  charge(tokens = 0, usdPerMillion = this.#usdPerMillion): void {
    const taken = Math.min(tokens, this.#left)
    this.#left -= taken
    this.#sum += taken * usdPerMillion
  }

  get total(): number {
    return this.#sum + this.#left * this.#usdPerMillion
  }
}

/** Tells prices at a discount, or in another currency. Books tell the same ones again and again: each is made once. */
export function scaledBy(factor: number): (price: Price) => Price {
  const known = new WeakMap<Price, Price>()
  function scale(price: Price): Price {
    const kinds = Object.entries(price) as [keyof Price, number][]
    const made = Object.fromEntries(kinds.map(([kind, usd]) => [kind, usd * factor])) as Record<
      keyof Price,
      number
    >
    known.set(price, made)
    return made
  }
  return factor === 1 ? (price) => price : (price) => known.get(price) ?? scale(price)
}
