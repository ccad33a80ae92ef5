import type { MetricFamily } from "./family.ts"

/** A metric as a registry of `prom-client` 15 takes it. */
export interface PromClientMetric {
  readonly name: string
  readonly help: string
  readonly type: MetricFamily["type"]
  /** How the processes of a cluster are put together: what is known of one quota by all of them is no sum. */
  readonly aggregator: "sum" | "min"
  /** Asked by the registry for each of its pages. */
  get(): Promise<PromClientPage>
  /** Counts everything from zero again, for `register.resetMetrics()`. */
  reset(): void
}

/** The metric with its numbers. */
export interface PromClientPage extends Pick<PromClientMetric, "name" | "help" | "type" | "aggregator"> {
  readonly values: readonly {
    /** Absent where it is the metric's own. */
    readonly metricName?: string
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
  }[]
}

/** Whoever has the numbers: `metrics()`. */
export interface MetricSource {
  families(): readonly MetricFamily[]
  reset(): void
}

/**
 * The metrics for a registry of `prom-client`, so that they stand on one page with your own. All of them are counted
 * for a page at once, when it is asked for.
 *
 * @example
 * for (const metric of promClientMetrics(stats)) register.registerMetric(metric as never)
 *
 * @throws PipelineError `plugin-unused` while the plugin is in no pipeline
 */
export function promClientMetrics(source: MetricSource): readonly PromClientMetric[] {
  let page: ReadonlyMap<string, MetricFamily> | undefined

  /** A registry asks all metrics of a page in one go. */
  function read(name: string): MetricFamily | undefined {
    if (page === undefined) {
      page = new Map(source.families().map((family) => [family.name, family]))
      queueMicrotask(() => (page = undefined))
    }
    return page.get(name)
  }

  return source.families().map(({ name, help, type }) => ({
    name,
    help,
    type,
    aggregator: name.includes("_remaining") ? "min" : "sum",
    async get() {
      const samples = read(name)?.samples ?? []
      const values = samples.map(({ suffix, labels, value }) => ({
        ...(suffix !== undefined && { metricName: name + suffix }),
        labels,
        value,
      }))
      // Its own name: for OpenMetrics a registry takes `_total` off and puts it back where it writes.
      return { name: this.name, help, type, aggregator: this.aggregator, values }
    },
    reset: () => source.reset(),
  }))
}
