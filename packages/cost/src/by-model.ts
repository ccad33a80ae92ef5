import type { Check } from "@bellwether/core"

/** Refuses names that are no model's, and no beginning of one. */
export const modelNames: Check = (entries, path) =>
  Object.keys(entries ?? {}).flatMap((name) => {
    if (name.trim() === "") return [`${path} has a model without a name.`]
    return /\*./.test(name) ? [`${path}["${name}"] may have a * only at its end.`] : []
  })

/** Looks up what is said of a model: by its exact name, else by the longest beginning of it (`claude-*`). */
export function byModel<T>(entries: Readonly<Record<string, T>>): (model: string) => T | undefined {
  const exact = new Map(Object.entries(entries))
  const beginnings = [...exact]
    .filter(([name]) => name.endsWith("*"))
    .map(([name, value]) => ({ beginning: name.slice(0, -1), value }))
    .toSorted((one, other) => other.beginning.length - one.beginning.length)
  return (model) => exact.get(model) ?? beginnings.find(({ beginning }) => model.startsWith(beginning))?.value
}
