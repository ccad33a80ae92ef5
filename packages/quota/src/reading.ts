import { isObject } from "./json.ts"

/** What a provider tells of a key. */
export interface QuotaReading {
  /** What is left. Absent (with no `limit` and `used` either): there is no limit. */
  readonly left?: number
  /** How much there is in all, if the provider tells. */
  readonly limit?: number
  readonly used?: number
  /** `requests`, `tokens`, `usd`, or what the provider counts in: up to 16 letters, spaces, dashes or underscores. */
  readonly unit?: string
  /** When it is full again, in milliseconds since 1970; absent where nobody knows. */
  readonly resetAtMs?: number
}

const isAmount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value)

/** Whoever sends something else as the name of a unit may have put anything into it: a sentence, a key. */
const isUnit = (value: unknown): value is string =>
  typeof value === "string" && /^[a-z][a-z _-]{0,15}$/i.test(value)

/** Nobody plans further ahead: a reset beyond is a misunderstanding. */
const farthestMs = 366 * 86_400_000

/** What is sound in what a reader gave; `undefined` when it is no reading at all. */
export function soundReading(given: unknown, dateMs: number): QuotaReading | undefined {
  if (!isObject(given)) return undefined
  const { left, limit, used, unit, resetAtMs } = given
  if (![left, limit, used].every((amount) => amount === undefined || isAmount(amount))) return undefined
  const most = isAmount(limit) && limit > 0 ? limit : undefined
  const rest = isAmount(left) ? left : isAmount(limit) && isAmount(used) ? limit - used : undefined
  const isAhead = isAmount(resetAtMs) && resetAtMs > dateMs && resetAtMs < dateMs + farthestMs
  return {
    ...(rest !== undefined && { left: Math.max(0, rest) }),
    ...(most !== undefined && { limit: most }),
    ...(isAmount(used) && { used }),
    ...(isUnit(unit) && { unit }),
    ...(isAhead && { resetAtMs }),
  }
}

/**
 * Whether more is left than the time before: it was reset or topped up. That something is left is no reason to believe
 * that calls go through: what refused one may be another quota than the one that is told of.
 */
export const hasGrown = (before: QuotaReading, after: QuotaReading): boolean =>
  (after.left ?? Infinity) > (before.left ?? Infinity)

/** How much is left of it all, from 0 to 1. Without a limit there is no telling but of nothing and something. */
export function shareLeft({ left, limit }: QuotaReading): number {
  if (left === undefined) return 1
  return limit === undefined ? Math.sign(left) : Math.min(1, left / limit)
}
