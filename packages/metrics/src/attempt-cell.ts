import type { Attempt, Ending } from "@bellwether/core"
import { Histogram } from "@bellwether/histogram"
import type { FailureClass } from "@bellwether/wire"
import { CostSums } from "./cost-sums.ts"
import { Counts } from "./counts.ts"
import { Outcomes } from "./outcomes.ts"
import { TokenSums } from "./token-sums.ts"

/** Why an attempt followed on another; `unknown` where that one was not over yet. */
export type MoveReason = FailureClass | "unknown"

/** The attempts on one target for one model, in a stretch of time. */
export class AttemptCell {
  readonly outcomes = new Outcomes()
  /** Those that followed on one elsewhere in the same call, by why that one failed; hedges are none. */
  readonly failovers = new Counts<MoveReason>()
  /** Those of the kind `repeat`, by why the one before failed. */
  readonly retries = new Counts<MoveReason>()
  hedges = 0
  panics = 0
  resumes = 0
  /** How often a plugin said no; that takes no attempt. */
  refusals = 0
  circuitOpenings = 0
  readonly tokens = new TokenSums()
  readonly cost = new CostSums()
  /** Output tokens per second of the whole attempt, of the successful ones. */
  readonly tokensPerSecond = new Histogram()

  /** One that is more than the first try of its call. */
  moved(attempt: Attempt): void {
    const before = attempt.call.attempts[attempt.number - 2]
    const reason = before?.ending?.failure?.class ?? "unknown"
    if (attempt.kind === "hedge") this.hedges++
    else if (before !== undefined && before.target.id !== attempt.target.id) this.failovers.count(reason)
    if (attempt.kind === "repeat") this.retries.count(reason)
    if (attempt.kind === "panic") this.panics++
    if (attempt.kind === "resume") this.resumes++
  }

  ended({ call }: Attempt, ending: Ending): void {
    this.outcomes.ended(ending, call.stream)
    const { usage, failure, durationMs } = ending
    if (usage === undefined) return
    this.tokens.count(usage)
    if (failure !== undefined || usage.output === 0 || durationMs === 0) return
    this.tokensPerSecond.record((1_000 * usage.output) / durationMs)
  }

  add(other: AttemptCell): void {
    this.outcomes.add(other.outcomes)
    this.failovers.add(other.failovers)
    this.retries.add(other.retries)
    this.hedges += other.hedges
    this.panics += other.panics
    this.resumes += other.resumes
    this.refusals += other.refusals
    this.circuitOpenings += other.circuitOpenings
    this.tokens.add(other.tokens)
    this.cost.add(other.cost)
    this.tokensPerSecond.add(other.tokensPerSecond)
  }
}
