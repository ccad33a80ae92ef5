import { checkOptions, forOnePipeline, oneOf } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { Counting } from "./counting.ts"
import { readOptions } from "./options.ts"
import type { MetricsOptions } from "./options.ts"
import type { MetricFamily } from "./prometheus/family.ts"
import { metricFamilies } from "./prometheus/metric-families.ts"
import { prometheusText } from "./prometheus/prometheus-text.ts"
import type { MetricsSnapshot, SnapshotOptions } from "./statistics.ts"
import { takeSnapshot } from "./take-snapshot.ts"

/** The plugin, and what it has counted. All of it throws PipelineError `plugin-unused` while it is in no pipeline. */
export interface Metrics extends Plugin {
  /**
   * The numbers as plain data.
   *
   * @throws PipelineError `invalid-options` for a window there is not
   */
  snapshot(options?: SnapshotOptions): MetricsSnapshot
  /** The numbers in the text format of Prometheus; serve it as {@link prometheusContentType}. */
  prometheus(): string
  /** What {@link prometheusText} writes: for other formats, and for several pipelines on one page. */
  families(): readonly MetricFamily[]
  /** Counts from zero again; what is under way is counted when it ends. */
  reset(): void
}

const windowsMs = { "1m": 60_000, "5m": 300_000 } as const

/**
 * Counts calls and attempts, how they end, how long they take, and what they take: by endpoint, target and model. Watches
 * only: it is in nobody's way.
 *
 * @example
 * const stats = metrics()
 * const pipeline = createPipeline({ endpoints, use: [stats] })
 * stats.snapshot({ window: "5m" }).successRatePercent
 *
 * @throws PipelineError `invalid-options`
 */
export function metrics(options?: MetricsOptions): Metrics {
  const rules = readOptions(options)
  const held = forOnePipeline<Counting>("metrics")

  const families = (): readonly MetricFamily[] => metricFamilies(held.used().read(), rules.labels)

  return {
    name: "metrics",
    setup(services) {
      const counting = held.install(() => new Counting(services, rules))
      return { inspect: () => takeSnapshot(counting.read()) }
    },
    snapshot(asked) {
      checkOptions<SnapshotOptions>("snapshot", asked, { window: oneOf(Object.keys(windowsMs)) })
      return takeSnapshot(held.used().read(asked?.window && windowsMs[asked.window]))
    },
    families,
    prometheus: () => prometheusText(families()),
    reset: () => held.used().reset(),
  }
}
