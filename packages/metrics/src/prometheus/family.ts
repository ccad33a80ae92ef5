/** One number under a metric's name. */
export interface MetricSample {
  /** What is appended to the family's name: `_bucket`, `_sum` or `_count` of a histogram. @default "" */
  readonly suffix?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** All numbers of one metric. */
export interface MetricFamily {
  /** In snake_case, with its unit. */
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  /** What it is, in a sentence. */
  readonly help: string
  readonly samples: readonly MetricSample[]
}
