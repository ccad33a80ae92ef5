import type { QuotaLevel, Target } from "@bellwether/core"
import type { BudgetOptions, BudgetScope } from "./budget-options.ts"
import type { KeyQuotas } from "./key-quotas.ts"
import type { Purse } from "./purse.ts"
import type { QuotaReading } from "./reading.ts"
import { uncounted } from "./unit.ts"

/** What is known of the quota of one key. Plain data; times are milliseconds since 1970. */
export interface KeySnapshot extends QuotaReading {
  /** The target's id, such as `primary/key-1`. */
  readonly target: string
  /** Whether calls go elsewhere because nothing is left. */
  readonly parked: boolean
  /** When the provider last told; absent before the first time. */
  readonly checkedAtMs?: number
  /** Why the last question was not answered, in words. */
  readonly error?: string
}

/** What one budget has left for one subject. Plain data; times are milliseconds since 1970. */
export interface BudgetSnapshot extends Required<
  Pick<BudgetOptions, "name" | "per" | "window" | "onExceed">
> {
  readonly scope: BudgetScope
  /** The endpoint's id, the target's, the model or the tag; empty for the whole pipeline. */
  readonly subject: string
  readonly unit: string
  readonly limit: number
  /** Taken, with what is set aside. */
  readonly used: number
  /** Set aside for calls under way. */
  readonly reserved: number
  readonly left: number
  /** When the first of it comes back; absent while nothing is taken. */
  readonly resetAtMs?: number
}

/** All that is known. Plain data. */
export interface QuotaSnapshot {
  readonly keys: readonly KeySnapshot[]
  readonly budgets: readonly BudgetSnapshot[]
}

export function keySnapshot(target: Target, quotas: KeyQuotas): KeySnapshot {
  const { reading, checkedAtMs, error } = quotas.of(target)
  return {
    target: target.id,
    parked: quotas.isParked(target),
    ...reading,
    ...(checkedAtMs !== undefined && { checkedAtMs }),
    ...(error !== undefined && { error }),
  }
}

export function budgetSnapshot({ account, budget, subject }: Purse, dateMs: number): BudgetSnapshot {
  const { name, scope, unit, limit, per, window, onExceed } = budget
  const used = account.used(dateMs)
  const resetAtMs = account.backMs(dateMs)
  const plain = (amount: number): number => uncounted(amount, unit)
  return {
    name,
    scope,
    subject,
    unit,
    per,
    window,
    onExceed,
    limit: plain(limit),
    used: plain(used),
    reserved: plain(account.held(dateMs)),
    left: plain(Math.max(0, limit - used)),
    ...(resetAtMs !== undefined && { resetAtMs }),
  }
}

/** The same for whoever shows levels of any kind; keys that no provider has told of are left out. */
export function levelsOf({ keys, budgets }: QuotaSnapshot): readonly QuotaLevel[] {
  const told = keys.filter(({ checkedAtMs }) => checkedAtMs !== undefined)
  return [
    ...told.map((key) => ({
      source: "provider" as const,
      name: key.target,
      unit: key.unit ?? "units",
      ...amountsOf(key),
    })),
    ...budgets.map((budget) => ({
      source: "budget" as const,
      name: budget.name,
      ...(budget.subject !== "" && { subject: budget.subject }),
      unit: budget.unit,
      ...amountsOf(budget),
    })),
  ]
}

function amountsOf({
  left,
  limit,
  resetAtMs,
}: QuotaReading): Pick<QuotaLevel, "left" | "limit" | "resetAtMs"> {
  return {
    ...(left !== undefined && { left }),
    ...(limit !== undefined && { limit }),
    ...(resetAtMs !== undefined && { resetAtMs }),
  }
}
