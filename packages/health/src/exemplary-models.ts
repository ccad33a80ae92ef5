import type { Target } from "@bellwether/core"

/**
 * Model names that stand for all there are: whatever model a call asks for, the targets that serve it are those that
 * serve one of these.
 */
export function exemplaryModels(targets: readonly Target[]): readonly string[] {
  const declared = targets.flatMap(({ serves: patterns = [] }) => patterns)
  const named = declared.map((pattern) => pattern.replace(/\*$/, ""))
  return [...new Set(["", ...named])]
}
