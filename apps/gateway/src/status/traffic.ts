import type { MetricsSnapshot } from "bellwether"
import type { Percentiles, Totals, Traffic } from "./traffic-status.ts"

type Counted = MetricsSnapshot["attempts"]

const spread = (durations: Percentiles | null): Percentiles | null =>
  durations === null
    ? null
    : { p50: round(durations.p50), p95: round(durations.p95), p99: round(durations.p99) }

const round = (ms: number): number => Math.round(ms * 10) / 10

/** How calls or attempts went. */
export const trafficOf = (counted: Counted): Traffic => ({
  total: counted.total,
  successful: counted.successful,
  failed: counted.failed,
  cancelled: counted.cancelled,
  inFlight: counted.inFlight,
  failures: { ...counted.failures },
  durationMs: spread(counted.latencyMs),
  firstContentMs: spread(counted.firstContentMs),
})

/** How calls went, and what was done for them. */
export const totalsOf = (snapshot: MetricsSnapshot): Totals => ({
  ...trafficOf(snapshot),
  failovers: snapshot.failovers,
  retries: snapshot.retries,
  hedges: snapshot.hedges,
  resumes: snapshot.resumes,
  panics: snapshot.panics,
  circuitOpenings: snapshot.circuitOpenings,
  tokens: { input: snapshot.tokens.input, output: snapshot.tokens.output },
})
