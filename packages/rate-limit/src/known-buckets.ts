import type { Target } from "@bellwether/core"
import { minutely } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import type { KnownLimits } from "./options.ts"

/** The buckets of the first limits that fit. */
export function knownBuckets(
  limits: readonly KnownLimits[],
  target: Target,
  model: string | undefined,
  nowMs: number,
): readonly Bucket[] {
  const known = limits.find((limit) => fits(limit, target, model))
  if (known === undefined) return []
  const { requestsPerMinute, tokensPerMinute } = known
  return [
    ...(requestsPerMinute === undefined ? [] : [minutely("requests", requestsPerMinute, nowMs)]),
    ...(tokensPerMinute === undefined ? [] : [minutely("tokens", tokensPerMinute, nowMs)]),
  ]
}

const fits = (limit: KnownLimits, { endpoint, key }: Target, model: string | undefined): boolean =>
  limit.endpoint === endpoint &&
  (limit.key === undefined || limit.key === key) &&
  (limit.model === undefined || (model !== undefined && matches(limit.model, model)))

const matches = (pattern: string, model: string): boolean =>
  pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : pattern === model
