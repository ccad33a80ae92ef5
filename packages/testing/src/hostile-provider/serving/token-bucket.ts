/** A budget that refills continuously, as the limits of real providers do. Plain data, times are monotonic. */
export interface TokenBucket {
  readonly perMinute: number
  readonly level: number
  readonly atMs: number
}

/** A bucket that nothing was taken from. */
export const fullBucket = (perMinute: number, nowMs: number): TokenBucket => ({
  perMinute,
  level: perMinute,
  atMs: nowMs,
})

/** The bucket as it stands now. */
export const refilled = (bucket: TokenBucket, nowMs: number): TokenBucket => {
  const gained = ((nowMs - bucket.atMs) * bucket.perMinute) / 60_000
  return { ...bucket, level: Math.min(bucket.perMinute, bucket.level + gained), atMs: nowMs }
}

/** What a bucket may lack after the very wait that was to fill it. */
const rounding = 1e-6

/** How long until the bucket holds `amount`; never more than it takes to fill it. */
export const waitMs = (bucket: TokenBucket, amount: number): number => {
  const missing = Math.min(amount, bucket.perMinute) - bucket.level
  return missing <= rounding ? 0 : Math.ceil((missing * 60_000) / bucket.perMinute)
}

/** Whether `amount` can be taken. One larger than the whole bucket passes when it is full, else it never would. */
export const holds = (bucket: TokenBucket, amount: number): boolean => waitMs(bucket, amount) === 0

/** The bucket after something was taken. */
export const drained = (bucket: TokenBucket, amount: number): TokenBucket => ({
  ...bucket,
  level: Math.max(0, bucket.level - amount),
})
