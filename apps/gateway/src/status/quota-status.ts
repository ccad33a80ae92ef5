import type { Bellwether } from "bellwether"
import type { BudgetStatus, QuotaStatus } from "./status.ts"

type QuotaSnapshot = ReturnType<NonNullable<Bellwether["quota"]>["snapshot"]>

/** What a provider tells of a key's quota. */
export const quotaStatus = (told: QuotaSnapshot["keys"][number]): QuotaStatus => ({
  target: told.target,
  unit: told.unit ?? null,
  limit: told.limit ?? null,
  used: told.used ?? null,
  left: told.left ?? null,
  resetAtMs: told.resetAtMs ?? null,
  isParked: told.parked,
  checkedAtMs: told.checkedAtMs ?? null,
  error: told.error ?? null,
})

/** What a budget has left. */
export const budgetStatus = (told: QuotaSnapshot["budgets"][number]): BudgetStatus => ({
  name: told.name,
  scope: told.scope,
  subject: told.subject,
  unit: told.unit,
  limit: told.limit,
  used: told.used,
  left: told.left,
  resetAtMs: told.resetAtMs ?? null,
})
