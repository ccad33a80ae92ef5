import type { ProviderDialect } from "../received-request.ts"
import { drained, fullBucket, holds, refilled, waitMs, type TokenBucket } from "./token-bucket.ts"

/** What one key may do. */
export interface KeyLimits {
  /** Requests per minute. */
  readonly rpm?: number
  /** Tokens per minute, prompt and answer together. */
  readonly tpm?: number
  /** Requests answered at the same time. */
  readonly concurrency?: number
}

/** The request may be answered; `release` when it has been. */
export interface Admitted {
  readonly admitted: true
  readonly headers: Readonly<Record<string, string>>
  readonly release: () => void
}

/** The request is over a limit. */
export interface Refused {
  readonly admitted: false
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  readonly retryAfterMs: number
}

interface Account {
  requests: TokenBucket | undefined
  tokens: TokenBucket | undefined
  inFlight: number
}

/** Keeps the accounts of all keys. */
export interface LimitDesk {
  admit(key: string, tokens: number, dialect: ProviderDialect): Admitted | Refused
}

const retryConcurrencyMs = 1000

/** Counts requests and tokens per key as OpenAI does: two buckets that refill all the time. */
export const limitDesk = (limits: KeyLimits, clock: { now(): number; date(): number }): LimitDesk => {
  const accounts = new Map<string, Account>()

  const accountOf = (key: string): Account => {
    const nowMs = clock.now()
    const known = accounts.get(key)
    if (known !== undefined) {
      known.requests = known.requests && refilled(known.requests, nowMs)
      known.tokens = known.tokens && refilled(known.tokens, nowMs)
      return known
    }
    const bucket = (perMinute: number | undefined) =>
      perMinute === undefined ? undefined : fullBucket(perMinute, nowMs)
    const opened = { requests: bucket(limits.rpm), tokens: bucket(limits.tpm), inFlight: 0 }
    accounts.set(key, opened)
    return opened
  }

  const refuse = (
    reason: string,
    account: Account,
    dialect: ProviderDialect,
    retryAfterMs: number,
  ): Refused => ({
    admitted: false,
    reason,
    headers: limitHeaders(account, dialect, clock.date()),
    retryAfterMs,
  })

  return {
    admit(key, tokens, dialect) {
      const account = accountOf(key)
      const { requests, tokens: budget } = account
      if (requests !== undefined && !holds(requests, 1))
        return refuse(exceeded("requests per min (RPM)", requests, 1), account, dialect, waitMs(requests, 1))
      if (budget !== undefined && !holds(budget, tokens))
        return refuse(
          exceeded("tokens per min (TPM)", budget, tokens),
          account,
          dialect,
          waitMs(budget, tokens),
        )
      if (limits.concurrency !== undefined && account.inFlight >= limits.concurrency)
        return refuse(
          `Too many requests at once: the limit is ${limits.concurrency}. Please try again in 1s.`,
          account,
          dialect,
          retryConcurrencyMs,
        )
      account.requests = requests && drained(requests, 1)
      account.tokens = budget && drained(budget, tokens)
      account.inFlight += 1
      const release = (): void => void (account.inFlight -= 1)
      return { admitted: true, headers: limitHeaders(account, dialect, clock.date()), release }
    },
  }
}

const exceeded = (what: string, bucket: TokenBucket, requested: number): string =>
  `Rate limit reached for {model} in organization org-hostile on ${what}: Limit ${bucket.perMinute}, ` +
  `Used ${Math.ceil(bucket.perMinute - bucket.level)}, Requested ${requested}. ` +
  `Please try again in ${duration(waitMs(bucket, requested))}. ` +
  `Visit https://platform.openai.com/account/rate-limits to learn more.`

/** The headers that tell a client where it stands, in the words of the dialect. */
const limitHeaders = (
  account: Account,
  dialect: ProviderDialect,
  dateMs: number,
): Readonly<Record<string, string>> => {
  const kinds = [
    ["requests", account.requests],
    ["tokens", account.tokens],
  ] as const
  return Object.fromEntries(
    kinds.flatMap(([kind, bucket]) => {
      if (bucket === undefined) return []
      const values = { limit: String(bucket.perMinute), remaining: String(Math.floor(bucket.level)) }
      const fullInMs = waitMs(bucket, bucket.perMinute)
      const reset = dialect === "anthropic" ? new Date(dateMs + fullInMs).toISOString() : duration(fullInMs)
      return Object.entries({ ...values, reset }).map(([name, value]) =>
        dialect === "anthropic"
          ? [`anthropic-ratelimit-${kind}-${name}`, value]
          : [`x-ratelimit-${name}-${kind}`, value],
      )
    }),
  )
}

/** A duration as OpenAI's headers write it: `120ms`, `7.66s`, `6m0s`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${ms}ms`
  const seconds = Math.round(ms / 10) / 100
  if (seconds < 60) return `${seconds}s`
  return `${Math.floor(seconds / 60)}m${Math.round((seconds % 60) * 100) / 100}s`
}
