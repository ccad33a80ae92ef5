import type { Target } from "./target.ts"

/** The targets that serve a model; all of them when none was named. */
export function serving(targets: readonly Target[], model: string | undefined): readonly Target[] {
  if (model === undefined || targets.every(({ serves }) => serves === undefined)) return targets
  return targets.filter(({ serves }) => serves?.some((pattern) => matches(pattern, model)) ?? true)
}

/** By exact name, or by the beginning of one (`claude-*`). */
const matches = (pattern: string, model: string): boolean =>
  pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : pattern === model
