import type { AttemptCost } from "@bellwether/core"

/** Adds up what attempts have cost, in whole nano-USD, so that nothing drifts. */
export class CostSums {
  nanoUsd = 0
  /** The part whose tokens were counted by us. */
  estimatedNanoUsd = 0
  /** Attempts that have cost something nobody knows. */
  unknown = 0

  count({ nanoUsd, usage }: AttemptCost): void {
    if (nanoUsd === undefined) return void this.unknown++
    this.nanoUsd += nanoUsd
    if (usage?.estimated) this.estimatedNanoUsd += nanoUsd
  }

  add(other: CostSums): void {
    this.nanoUsd += other.nanoUsd
    this.estimatedNanoUsd += other.estimatedNanoUsd
    this.unknown += other.unknown
  }
}
