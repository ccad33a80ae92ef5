/** Looks up what is said of a model: by its exact name, else by the longest beginning of it (`claude-*`). */
export function byModel<T>(entries: Readonly<Record<string, T>>): (model: string) => T | undefined {
  const exact = new Map(Object.entries(entries))
  const beginnings = [...exact]
    .filter(([name]) => name.endsWith("*"))
    .map(([name, value]) => ({ beginning: name.slice(0, -1), value }))
    .toSorted((one, other) => other.beginning.length - one.beginning.length)
  return (model) => exact.get(model) ?? beginnings.find(({ beginning }) => model.startsWith(beginning))?.value
}
