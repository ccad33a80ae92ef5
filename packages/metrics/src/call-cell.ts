import { Histogram } from "@bellwether/histogram"
import { Outcomes } from "./outcomes.ts"

/** The calls for one model, in a stretch of time. */
export class CallCell {
  readonly outcomes = new Outcomes()
  /** Each wait of a call for a target. */
  readonly waitMs = new Histogram()

  add(other: CallCell): void {
    this.outcomes.add(other.outcomes)
    this.waitMs.add(other.waitMs)
  }
}
