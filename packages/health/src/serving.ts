import type { Target } from "@bellwether/core"

/** Whether a target is declared to serve a model; one that declares nothing serves all. */
export function serves({ serves: patterns }: Target, model: string): boolean {
  return (
    patterns === undefined ||
    patterns.some((pattern) =>
      pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : pattern === model,
    )
  )
}

/**
 * Model names that stand for all there are: whatever model a call asks for, the targets that serve it are those that
 * serve one of these.
 */
export function exemplaryModels(targets: readonly Target[]): readonly string[] {
  const declared = targets.flatMap(({ serves: patterns = [] }) => patterns)
  const named = declared.map((pattern) => pattern.replace(/\*$/, ""))
  return [...new Set(["", ...named])]
}
