import type { HeaderReader } from "./header-reader.ts"
import { readPlainNumber, readReset } from "./reset-time.ts"

/** What a provider says of one of its limits. */
export interface RateLimit {
  /** How much a window holds. */
  readonly limit?: number
  /** How much of it is left. */
  readonly remaining?: number
  /** Milliseconds until it is full again. */
  readonly resetMs?: number
}

/** What a provider says of its limits on requests and on tokens. */
export interface RateLimits {
  readonly requests?: RateLimit
  readonly tokens?: RateLimit
}

type Family = (part: "limit" | "remaining" | "reset") => string

// Where several families speak of one limit, the first that a response carries is believed.
const requestFamilies: readonly Family[] = [
  (part) => `x-ratelimit-${part}-requests`,
  (part) => `anthropic-ratelimit-requests-${part}`,
  (part) => `x-ratelimit-${part}-requests-minute`,
  (part) => `x-ratelimit-${part}`,
  (part) => `ratelimit-${part}`,
]
const tokenFamilies: readonly Family[] = [
  (part) => `x-ratelimit-${part}-tokens`,
  (part) => `anthropic-ratelimit-tokens-${part}`,
  (part) => `anthropic-ratelimit-input-tokens-${part}`,
  (part) => `x-ratelimit-${part}-tokens-minute`,
]

const rateLimit = (
  limit: number | undefined,
  remaining: number | undefined,
  resetMs: number | undefined,
): RateLimit | undefined =>
  limit === undefined && remaining === undefined && resetMs === undefined
    ? undefined
    : {
        ...(limit !== undefined && { limit }),
        ...(remaining !== undefined && { remaining }),
        ...(resetMs !== undefined && { resetMs }),
      }

const readFamilies = (
  headers: HeaderReader,
  families: readonly Family[],
  dateMs: number,
): RateLimit | undefined => {
  for (const nameOf of families) {
    const found = rateLimit(
      readPlainNumber(headers.get(nameOf("limit")) ?? ""),
      readPlainNumber(headers.get(nameOf("remaining")) ?? ""),
      readReset(headers.get(nameOf("reset")) ?? "", dateMs),
    )
    if (found) return found
  }
  return undefined
}

/** The draft's one-header forms: `"default";r=50;t=30` and, before it, `limit=100, remaining=50, reset=30`. */
const readCombined = (value: string | null, dateMs: number): RateLimit | undefined => {
  if (value === null || value.length > 256) return undefined
  const parameter = (name: string): string =>
    new RegExp(`(?:^|[;,\\s])(?:${name})\\s*=\\s*(\\d+)`).exec(value)?.[1] ?? ""
  return rateLimit(
    readPlainNumber(parameter("limit|q")),
    readPlainNumber(parameter("remaining|r")),
    readReset(parameter("reset|t"), dateMs),
  )
}

/**
 * What the headers of a response say of the provider's rate limits: `x-ratelimit-*` for requests and tokens,
 * `anthropic-ratelimit-*`, the same without a suffix (taken for requests), and `RateLimit` of the IETF draft
 * (draft-ietf-httpapi-ratelimit-headers). Undefined when they say nothing readable.
 *
 * @param dateMs - the wall time now; providers name their resets as durations or as dates
 */
export const readRateLimits = (headers: HeaderReader, dateMs: number): RateLimits | undefined => {
  const requests =
    readFamilies(headers, requestFamilies, dateMs) ?? readCombined(headers.get("ratelimit"), dateMs)
  const tokens = readFamilies(headers, tokenFamilies, dateMs)
  if (!requests && !tokens) return undefined
  return { ...(requests && { requests }), ...(tokens && { tokens }) }
}
