import type { ProviderDialect } from "../received-request.ts"
import { duration, limitHeaders, type KeyBuckets } from "./limit-headers.ts"
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

/** Which limit a request is over, and when it would not be. */
interface Excess {
  readonly reason: string
  readonly retryAfterMs: number
}

/** The request is over a limit. */
export interface Refused extends Excess {
  readonly admitted: false
  readonly headers: Readonly<Record<string, string>>
}

/** Keeps the accounts of all keys. */
export interface LimitDesk {
  admit(key: string, tokens: number, dialect: ProviderDialect): Admitted | Refused
}

interface Account {
  buckets: KeyBuckets
  inFlight: number
}

/** Counts requests and tokens per key as OpenAI does: two buckets that refill all the time. */
export const limitDesk = (
  { rpm, tpm, concurrency = Infinity }: KeyLimits,
  clock: { now(): number; date(): number },
): LimitDesk => {
  const accounts = new Map<string, Account>()
  const bucket = (perMinute: number | undefined) =>
    perMinute === undefined ? undefined : fullBucket(perMinute, clock.now())

  const accountOf = (key: string): Account => {
    const account = accounts.get(key) ?? {
      buckets: { requests: bucket(rpm), tokens: bucket(tpm) },
      inFlight: 0,
    }
    accounts.set(key, account)
    account.buckets = changed(account.buckets, (each) => refilled(each, clock.now()))
    return account
  }

  return {
    admit(key, tokens, dialect) {
      const account = accountOf(key)
      const excess = excessOf(account, tokens, concurrency)
      const headers = () => limitHeaders(account.buckets, dialect, clock.date())
      if (excess !== undefined) return { admitted: false, ...excess, headers: headers() }
      account.buckets = changed(account.buckets, (each, kind) =>
        drained(each, kind === "tokens" ? tokens : 1),
      )
      account.inFlight += 1
      const release = (): void => void (account.inFlight -= 1)
      return { admitted: true, headers: headers(), release }
    },
  }
}

const changed = (
  { requests, tokens }: KeyBuckets,
  change: (bucket: TokenBucket, kind: keyof KeyBuckets) => TokenBucket,
): KeyBuckets => ({
  requests: requests && change(requests, "requests"),
  tokens: tokens && change(tokens, "tokens"),
})

const excessOf = (
  { buckets: { requests, tokens }, inFlight }: Account,
  asked: number,
  concurrency: number,
): Excess | undefined => {
  if (requests !== undefined && !holds(requests, 1)) return exceeded("requests per min (RPM)", requests, 1)
  if (tokens !== undefined && !holds(tokens, asked)) return exceeded("tokens per min (TPM)", tokens, asked)
  if (inFlight < concurrency) return undefined
  return {
    reason: `Too many requests at once: the limit is ${concurrency}. Please try again in 1s.`,
    retryAfterMs: 1000,
  }
}

const exceeded = (what: string, bucket: TokenBucket, asked: number): Excess => {
  const retryAfterMs = waitMs(bucket, asked)
  const used = Math.ceil(bucket.perMinute - bucket.level)
  const reason =
    `Rate limit reached for {model} in organization org-hostile on ${what}: Limit ${bucket.perMinute}, Used ${used}, ` +
    `Requested ${asked}. Please try again in ${duration(retryAfterMs)}. ` +
    "Visit https://platform.openai.com/account/rate-limits to learn more."
  return { reason, retryAfterMs }
}
