import type { CostSnapshot } from "./account.ts"
import { nanoPerUsd } from "./nano-usd.ts"
import type { Spending } from "./spending.ts"

/** What was paid, and what the reference would have taken for the same tokens. */
export interface Saving {
  /** Millions of tokens, input and output, that have a price in both. */
  readonly millionTokens: number
  /** USD per million of these tokens. `null` without any. */
  readonly referencePrice: number | null
  /** USD per million of these tokens. `null` without any. */
  readonly price: number | null
  readonly referenceUsd: number
  readonly paidUsd: number
  readonly savedUsd: number
  /** Share of the reference that is saved, negative where more was paid. `null` where the reference takes nothing. */
  readonly savedPercent: number | null
}

/** What a pipeline has spent and saved, in dollars. Plain data. */
export interface CostReport {
  /** Since when is counted, in milliseconds since 1970. */
  readonly sinceMs: number
  readonly elapsedMs: number
  /** All that is known to have been spent. */
  readonly spentUsd: number
  /** The part of it that answered nobody: failed, superseded and cancelled attempts. */
  readonly wastedUsd: number
  /** The part of it whose tokens were estimated. */
  readonly estimatedUsd: number
  /** Attempts whose cost is not known: there `spentUsd` is too low. */
  readonly unknownAttempts: number
  /** By model, in the order in which they were first asked for. */
  readonly models: readonly (Saving & { readonly model: string })[]
  readonly together: Saving
  /** What 30 days at the same pace would save. `null` before a day has been seen. */
  readonly savedUsdPerMonth: number | null
}

const dayMs = 86_400_000
const monthMs = 30 * dayMs

/** What the books say, as a report. */
export function reportOf({ sinceMs, elapsedMs, total, models }: CostSnapshot): CostReport {
  const together = savingOf(total)
  return {
    sinceMs,
    elapsedMs,
    spentUsd: total.nanoUsd / nanoPerUsd,
    wastedUsd: (total.nanoUsd - total.outcomes.answered.nanoUsd) / nanoPerUsd,
    estimatedUsd: total.estimated.nanoUsd / nanoPerUsd,
    unknownAttempts: total.unknown.noPrice + total.unknown.noUsage,
    models: Object.entries(models).map(([model, spending]) => ({ model, ...savingOf(spending) })),
    together,
    savedUsdPerMonth: elapsedMs < dayMs ? null : (together.savedUsd * monthMs) / elapsedMs,
  }
}

function savingOf({ compared: { tokens, nanoUsd, referenceNanoUsd } }: Spending): Saving {
  const savedNanoUsd = referenceNanoUsd - nanoUsd
  // A nano-USD per token is a thousandth of a dollar per million.
  const perMillion = (amount: number): number | null => (tokens === 0 ? null : amount / tokens / 1_000)
  return {
    millionTokens: tokens / 1e6,
    referencePrice: perMillion(referenceNanoUsd),
    price: perMillion(nanoUsd),
    referenceUsd: referenceNanoUsd / nanoPerUsd,
    paidUsd: nanoUsd / nanoPerUsd,
    savedUsd: savedNanoUsd / nanoPerUsd,
    savedPercent: referenceNanoUsd === 0 ? null : (100 * savedNanoUsd) / referenceNanoUsd,
  }
}
