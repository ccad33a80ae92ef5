import type { Histogram } from "@bellwether/histogram"
import type { MetricSample } from "./family.ts"

/** Where the buckets of a histogram end, and what a unit of it is. All bounds are 10 · 2ⁿ: of these counts are exact. */
export interface Scale {
  readonly bounds: readonly number[]
  /** How many of what is recorded make one of what is told. */
  readonly perUnit: number
}

const doublings = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, step) => first * 2 ** step)

/** Milliseconds, told in seconds: from 10 ms to five and a half minutes. */
export const seconds: Scale = { bounds: doublings(10, 16), perUnit: 1_000 }

/** From 1.25 to 1,280 a second. */
export const speed: Scale = { bounds: doublings(1.25, 11), perUnit: 1 }

/** Cumulative buckets, the sum and the count; nothing while there are no values. */
export function histogram(
  spread: Histogram,
  labels: Readonly<Record<string, string>>,
  { bounds, perUnit }: Scale,
): readonly MetricSample[] {
  if (spread.count === 0) return []
  const bucket = (le: string, value: number): MetricSample => ({
    suffix: "_bucket",
    labels: { ...labels, le },
    value,
  })
  return [
    ...bounds.map((bound) => bucket(String(bound / perUnit), spread.countUpTo(bound))),
    bucket("+Inf", spread.count),
    { suffix: "_sum", labels, value: spread.sum / perUnit },
    { suffix: "_count", labels, value: spread.count },
  ]
}
