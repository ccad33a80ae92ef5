import type { Price } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"

/** How many nano-USD a dollar is. */
export const nanoPerUsd = 1e9

/** USD per million tokens are micro-USD per token. */
const nanoPerMicro = 1_000

/** Tokens of one kind, and what a million of them costs. */
type Share = readonly [tokens: number | undefined, usdPerMillion: number]

/**
 * What tokens cost, in whole nano-USD: rounded once, so that sums of it are exact and in any order the same. Where a
 * provider counts a token as of two kinds (cached, and sound), it is of the one that is named first.
 */
export function nanoUsdOf(price: Price, usage: Usage): number {
  const { input, output, cacheWrite = input } = price
  const { longCacheWrite = 0 } = usage
  const asked = sumOf(usage.input, input, [
    [usage.cachedInput, price.cachedInput ?? input],
    [longCacheWrite, price.longCacheWrite ?? cacheWrite],
    [Math.max(0, (usage.cacheWrite ?? 0) - longCacheWrite), cacheWrite],
    [usage.audioInput, price.audioInput ?? input],
    [usage.imageInput, price.imageInput ?? input],
  ])
  const answered = sumOf(usage.output, output, [
    [usage.reasoning, price.reasoning ?? output],
    [usage.audioOutput, price.audioOutput ?? output],
    [usage.imageOutput, price.imageOutput ?? output],
  ])
  return Math.round((asked + answered) * nanoPerMicro)
}

/** In micro-USD: the shares, none of which is larger than what is left of the whole, and the rest. */
function sumOf(tokens: number, usdPerMillion: number, shares: readonly Share[]): number {
  let left = tokens
  let sum = 0
  for (const [part = 0, rate] of shares) {
    const taken = Math.min(part, left)
    left -= taken
    sum += taken * rate
  }
  return sum + left * usdPerMillion
}

/** The price at a discount, or in another currency. */
export function scaled(price: Price, factor: number): Price {
  if (factor === 1) return price
  const kinds = Object.entries(price) as [keyof Price, number][]
  return Object.fromEntries(kinds.map(([kind, usd]) => [kind, usd * factor])) as Record<keyof Price, number>
}
