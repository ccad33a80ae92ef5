import type { BudgetOptions } from "./options.ts"

/** The tokens of one target. Plain data; `atMs` is monotonic. */
export interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/** How buckets fill. */
export interface BucketRules extends Required<BudgetOptions> {
  /** Tokens a success brings in beyond what it cost: proof that the target serves. */
  readonly perSuccess: number
  /** A bucket below so many tokens also fills with time, so that low traffic is not left without repeats. */
  readonly reserve: number
  /** Milliseconds in which time brings in one token. */
  readonly reserveIntervalMs: number
}

/**
 * The numbers of law 4. The deposit of a success is what lets partial failures be rescued: with the tenth of a try
 * and the returned token alone, half of the calls' tries failing, only a fifth of the repeats could be paid for.
 */
export const bucketRules: BucketRules = {
  capacity: 10,
  perTry: 0.1,
  perSuccess: 2,
  reserve: 3,
  reserveIntervalMs: 10_000,
}

/** What time has brought in since the bucket was last looked at. */
export function refilled(bucket: Bucket, nowMs: number, { reserve, reserveIntervalMs }: BucketRules): Bucket {
  const { tokens, atMs } = bucket
  if (tokens >= reserve) return { tokens, atMs: nowMs }
  return { tokens: Math.min(reserve, tokens + (nowMs - atMs) / reserveIntervalMs), atMs: nowMs }
}

/** Puts tokens in, up to the capacity. */
export const deposited = (bucket: Bucket, tokens: number, { capacity }: BucketRules): Bucket => ({
  ...bucket,
  tokens: Math.min(capacity, bucket.tokens + tokens),
})

/** Ten deposits of 0.1 are a token, whatever binary fractions make of them. */
const roundingError = 1e-9

/** Whether there is a token to take. */
export const canPay = ({ tokens }: Bucket): boolean => tokens >= 1 - roundingError

/** Takes a token out. */
export const paid = (bucket: Bucket): Bucket => ({ ...bucket, tokens: Math.max(0, bucket.tokens - 1) })
