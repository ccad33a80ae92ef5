/**
 * Everything a value holds, however deep, as one text: whatever a log, a page or a label could ever show of it. What
 * was told already is not told again, so cycles come to an end.
 */
export const everythingIn = (value: unknown): string =>
  JSON.stringify(unfolded(value, new Set())) ?? "undefined"

const decoder = new TextDecoder()

const unfolded = (value: unknown, told: Set<object>): unknown => {
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "number")
    return String(value)
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : value
  if (told.has(value)) return "told already"
  told.add(value)
  if (value instanceof Uint8Array) return decoder.decode(value)
  const unfold = (part: unknown): unknown => unfolded(part, told)
  const own = Object.entries(value).map(([name, part]) => [name, unfold(part)])
  if (value instanceof Error) return [value.name, value.message, unfold(value.cause), own]
  return Symbol.iterator in value ? [[...(value as Iterable<unknown>)].map(unfold), own] : own
}
