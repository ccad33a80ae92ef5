import type { AttemptKind, Clock, RetryBudget, Target } from "@bellwether/core"
import { bucketRules, canPay, deposited, paid, refilled } from "./bucket.ts"
import type { Bucket, BucketRules } from "./bucket.ts"
import type { BudgetOptions } from "./options.ts"

/** What an attempt pays: as one of its kind, or as a repeat that a line paces, which pays only if it fails. */
export type Fare = AttemptKind | "paced"

/** What repeats cost and what earns them, per target (law 4). */
export interface Budget extends RetryBudget {
  canSpend(target: Target): boolean
  /** Returns a token. */
  giveBack(target: Target): void
  /** An attempt has been admitted. */
  made(target: Target, fare: Fare): void
  /** An attempt has been refused. Who repeats takes the token back itself; a panic or a hedge cannot. */
  notMade(target: Target, fare: Fare): void
  /** An attempt has reached its commit point. */
  succeeded(target: Target, fare: Fare): void
  /** An attempt has failed. */
  failed(target: Target, fare: Fare): void
  /** Tokens by target id. */
  inspect(): Readonly<Record<string, number>>
}

/** A budget that never says no. */
export const unlimited: Budget = {
  spend: () => true,
  canSpend: () => true,
  giveBack: () => {},
  made: () => {},
  notMade: () => {},
  succeeded: () => {},
  failed: () => {},
  inspect: () => ({}),
}

/** Buckets by target id. One that is not there is full. */
export type Buckets = Map<string, Bucket>

/** A bucket per target, full at the start. */
export function createBudget(
  clock: Pick<Clock, "now">,
  targets: readonly Target[],
  options: BudgetOptions,
  buckets: Buckets = new Map(),
): Budget {
  const rules: BucketRules = { ...bucketRules, ...options }
  const full: Bucket = { tokens: rules.capacity, atMs: clock.now() }

  const read = ({ id }: Target): Bucket => refilled(buckets.get(id) ?? full, clock.now(), rules)
  const add = (target: Target, tokens: number): void => {
    // Nothing goes into a full bucket, which is what it is as long as all is well.
    if (buckets.has(target.id)) buckets.set(target.id, deposited(read(target), tokens, rules))
  }

  const canSpend = (target: Target): boolean => canPay(read(target))
  function spend(target: Target): boolean {
    const bucket = read(target)
    if (!canPay(bucket)) return false
    buckets.set(target.id, paid(bucket))
    return true
  }

  return {
    canSpend,
    spend,
    giveBack: (target) => add(target, 1),
    made(target, fare) {
      if (fare === "first" || fare === "resume") add(target, rules.perTry)
    },
    notMade(target, fare) {
      if (fare === "panic" || fare === "hedge") add(target, 1)
    },
    // A hedge keeps its price: it was not needed to answer, and its cost is real.
    succeeded: (target, fare) =>
      add(target, rules.perSuccess + (fare === "repeat" || fare === "panic" ? 1 : 0)),
    failed(target, fare) {
      if (fare === "paced") spend(target)
    },
    inspect: () =>
      Object.fromEntries(targets.map((target) => [target.id, Math.round(read(target).tokens * 10) / 10])),
  }
}
