/** Buckets per doubling: the middle of one is within 2 % of all that is in it. */
const perOctave = 18
const growth = 2 ** (1 / perOctave)
/** Doublings from it stand exactly at the end of a bucket. */
const anchor = 10
/** From 0.078 to 84 million: durations in milliseconds to 23 hours. What lies beyond counts as the outermost. */
const lowest = -7 * perOctave
const highest = 23 * perOctave

/** The bucket a value belongs to: a whole number, also below 0. */
export function bucketOf(value: number): number {
  if (value <= 0) return lowest
  return Math.min(Math.max(Math.ceil(Math.log2(value / anchor) * perOctave), lowest), highest)
}

/** The value that is equally far, in proportion, from both ends of a bucket. */
export const middleOf = (bucket: number): number => (2 * anchor * 2 ** (bucket / perOctave)) / (growth + 1)
