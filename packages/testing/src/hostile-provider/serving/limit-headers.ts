import type { ProviderDialect } from "../received-request.ts"
import { waitMs, type TokenBucket } from "./token-bucket.ts"

/** The buckets of one key; none where there is no limit. */
export interface KeyBuckets {
  readonly requests: TokenBucket | undefined
  readonly tokens: TokenBucket | undefined
}

/** The headers that tell a client where it stands, in the words of the dialect. */
export const limitHeaders = (
  { requests, tokens }: KeyBuckets,
  dialect: ProviderDialect,
  dateMs: number,
): Readonly<Record<string, string>> => {
  const isAnthropic = dialect === "anthropic"
  const headersOf = (kind: keyof KeyBuckets, bucket: TokenBucket | undefined): [string, string][] => {
    if (bucket === undefined) return []
    const fullInMs = waitMs(bucket, bucket.perMinute)
    const told = {
      limit: String(bucket.perMinute),
      remaining: String(Math.floor(bucket.level)),
      reset: isAnthropic ? new Date(dateMs + fullInMs).toISOString() : duration(fullInMs),
    }
    return Object.entries(told).map(([name, value]) => [
      isAnthropic ? `anthropic-ratelimit-${kind}-${name}` : `x-ratelimit-${name}-${kind}`,
      value,
    ])
  }
  return Object.fromEntries([...headersOf("requests", requests), ...headersOf("tokens", tokens)])
}

/** A duration as OpenAI's headers write it, never too short: `120ms`, `7.66s`, `6m0s`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 10) / 100
  if (seconds < 60) return `${seconds}s`
  return `${Math.floor(seconds / 60)}m${Math.ceil((seconds % 60) * 100) / 100}s`
}
