import { Histogram } from "@bellwether/histogram"
import { Counts } from "./counts.ts"
import type { HeardProbe, ProbeOutcome } from "./heard-events.ts"

/** The probes of one target, in a stretch of time. */
export class ProbeCell {
  readonly outcomes = new Counts<ProbeOutcome>()
  /** Of those that were answered, to the head of the answer. */
  readonly durationMs = new Histogram()

  ended({ outcome, latencyMs }: HeardProbe): void {
    this.outcomes.count(outcome)
    if (outcome === "up" || outcome === "down") this.durationMs.record(latencyMs)
  }

  add(other: ProbeCell): void {
    this.outcomes.add(other.outcomes)
    this.durationMs.add(other.durationMs)
  }
}
