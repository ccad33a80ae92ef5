import type { QuotaLevel, Target } from "@bellwether/core"

/** What is left of a quota or a budget. */
export interface LevelStatistics {
  /** `requests`, `tokens`, `usd`, or what a provider counts in. */
  readonly unit: string
  /** `null` where there is no limit any more. */
  readonly left: number | null
  /** `null` where a provider tells only what is left. */
  readonly limit: number | null
  /** From 0 to 1; `null` where one of these is not known. */
  readonly remainingRatio: number | null
  /** Milliseconds since 1970; `null` where nobody knows. */
  readonly resetAtMs: number | null
}

/** What a provider has told is left for a target; `undefined` where none has. */
export function quotaOf({ id }: Target, levels: readonly QuotaLevel[]): LevelStatistics | undefined {
  const level = levels.find(({ source, name }) => source === "provider" && name === id)
  return level && read(level)
}

/**
 * What is left of each budget by its name. Of a budget with several subjects (models, tags), which may be anybody's, the
 * one with the least is told.
 */
export function budgetsOf(levels: readonly QuotaLevel[]): ReadonlyMap<string, LevelStatistics> {
  const budgets = new Map<string, LevelStatistics>()
  for (const level of levels) {
    if (level.source !== "budget") continue
    const budget = read(level)
    const known = budgets.get(level.name)
    if (known === undefined || ratioOf(budget) < ratioOf(known)) budgets.set(level.name, budget)
  }
  return budgets
}

const ratioOf = ({ remainingRatio }: LevelStatistics): number => remainingRatio ?? 1

function read({ unit, left, limit, resetAtMs }: QuotaLevel): LevelStatistics {
  return {
    unit,
    left: left ?? null,
    limit: limit ?? null,
    remainingRatio: left === undefined || limit === undefined ? null : Math.min(1, Math.max(0, left) / limit),
    resetAtMs: resetAtMs ?? null,
  }
}
