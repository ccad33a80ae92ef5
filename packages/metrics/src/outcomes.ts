import type { CallEnding, Ending } from "@bellwether/core"
import { Histogram } from "@bellwether/histogram"
import type { FailureClass } from "@bellwether/wire"
import { Counts } from "./counts.ts"

/** How calls or attempts ended, and how long the successful ones took. */
export class Outcomes {
  successful = 0
  /** By class, those given up included. */
  readonly failures = new Counts<FailureClass>()
  /** Of the successful ones. */
  readonly durationMs = new Histogram()
  /** Of the successful streams. */
  readonly firstContentMs = new Histogram()

  ended({ failure, durationMs, firstContentMs }: Ending | CallEnding, isStream: boolean): void {
    if (failure !== undefined) return this.failures.count(failure.class)
    this.successful++
    this.durationMs.record(durationMs)
    if (isStream && firstContentMs !== undefined) this.firstContentMs.record(firstContentMs)
  }

  add(other: Outcomes): void {
    this.successful += other.successful
    this.failures.add(other.failures)
    this.durationMs.add(other.durationMs)
    this.firstContentMs.add(other.firstContentMs)
  }
}

/** Whether it was ended on our side, which says nothing of whom it went to. */
export const isGivenUp = (failureClass: FailureClass): boolean =>
  failureClass === "cancelled" || failureClass === "superseded"
