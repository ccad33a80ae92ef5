const relativeError = 0.02
const growth = (1 + relativeError) / (1 - relativeError)
const lnGrowth = Math.log(growth)
/** Shorter durations count as this long, longer ones as a day. */
const shortestMs = 0.1
const longestMs = 86_400_000

/** How many buckets there are. */
export const bucketCount = Math.ceil(Math.log(longestMs / shortestMs) / lnGrowth) + 1

/** The bucket a duration belongs to. */
export function bucketOf(ms: number): number {
  if (ms <= shortestMs) return 0
  return Math.min(Math.ceil(Math.log(ms / shortestMs) / lnGrowth), bucketCount - 1)
}

/** The value that is equally far, in proportion, from both ends of a bucket. */
function middleOf(bucket: number): number {
  return (shortestMs * 2 * growth ** bucket) / (growth + 1)
}

/**
 * The duration that so large a share of all does not exceed (nearest rank), within 2 %.
 *
 * @param counts how many durations are in each bucket
 * @param count how many that is together, at least 1
 * @param share from 0 to 1
 * @returns milliseconds
 */
export function quantileOf(counts: Float64Array, count: number, share: number): number {
  const rank = Math.max(1, Math.ceil(share * count))
  let seen = 0
  return middleOf(counts.findIndex((inBucket) => (seen += inBucket) >= rank))
}
