import type { AttemptKind, Clock, RetryBudget, Target } from "@bellwether/core"
import { bucketRules, canPay, deposited, paid, refilled } from "./bucket.ts"
import type { Bucket, BucketRules } from "./bucket.ts"
import type { BudgetOptions } from "./options.ts"

/** What repeats cost and what earns them, per target (law 4). */
export interface Budget extends RetryBudget {
  canSpend(target: Target): boolean
  /** An attempt has been admitted. */
  made(target: Target, kind: AttemptKind): void
  /** An attempt has been refused: what was paid for it comes back. */
  notMade(target: Target, kind: AttemptKind): void
  /** An attempt has reached its commit point. */
  succeeded(target: Target, kind: AttemptKind): void
  /** Tokens by target id. */
  inspect(): Readonly<Record<string, number>>
}

/** A budget that never says no. */
export const unlimited: Budget = {
  spend: () => true,
  canSpend: () => true,
  made: () => {},
  notMade: () => {},
  succeeded: () => {},
  inspect: () => ({}),
}

/** A bucket per target, full at the start. */
export function createBudget(
  clock: Pick<Clock, "now">,
  targets: readonly Target[],
  options: BudgetOptions,
): Budget {
  const rules: BucketRules = { ...bucketRules, ...options }
  const full: Bucket = { tokens: rules.capacity, atMs: clock.now() }
  const buckets = new Map<string, Bucket>()

  const read = ({ id }: Target): Bucket => refilled(buckets.get(id) ?? full, clock.now(), rules)
  const add = (target: Target, tokens: number): void => {
    // Nothing goes into a full bucket, which is what it is as long as all is well.
    if (buckets.has(target.id)) buckets.set(target.id, deposited(read(target), tokens, rules))
  }

  return {
    canSpend: (target) => canPay(read(target)),
    spend(target) {
      const bucket = read(target)
      if (!canPay(bucket)) return false
      buckets.set(target.id, paid(bucket))
      return true
    },
    made(target, kind) {
      if (kind === "first" || kind === "resume") add(target, rules.perTry)
    },
    notMade(target, kind) {
      if (kind === "repeat" || kind === "panic" || kind === "hedge") add(target, 1)
    },
    // A hedge keeps its price: it was not needed to answer, and its cost is real.
    succeeded: (target, kind) =>
      add(target, rules.perSuccess + (kind === "repeat" || kind === "panic" ? 1 : 0)),
    inspect: () =>
      Object.fromEntries(targets.map((target) => [target.id, Math.round(read(target).tokens * 10) / 10])),
  }
}
