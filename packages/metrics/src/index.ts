export type { HealthState, ProbeOutcome } from "./heard-events.ts"
export type { LevelStatistics } from "./levels.ts"
export { metrics } from "./metrics.ts"
export type { Metrics } from "./metrics.ts"
export type { MetricsOptions } from "./options.ts"
export type { MetricFamily, MetricSample } from "./prometheus/family.ts"
export { promClientMetrics } from "./prometheus/prom-client.ts"
export type { MetricSource, PromClientMetric, PromClientPage } from "./prometheus/prom-client.ts"
export { prometheusContentType, prometheusText } from "./prometheus/prometheus-text.ts"
export type { CircuitState } from "./series.ts"
export type {
  CallStatistics,
  CostStatistics,
  Durations,
  MetricsSnapshot,
  ModelStatistics,
  OutcomeStatistics,
  ProbeStatistics,
  SnapshotOptions,
  Speeds,
  Statistics,
  TargetStatistics,
  TokenStatistics,
  WorkStatistics,
} from "./statistics.ts"
