const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const part =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/
const parts = new RegExp(part, "g")
const whole = new RegExp(`^(?:${part.source}\\s*)+$`)

const unitOf = (word: string): number => unitMs[/^(?:ms|milli)/.test(word) ? "ms" : word.charAt(0)] ?? 0

/**
 * The milliseconds of a duration written with units, such as `6m0s`, `1.5s`, `20ms` or `2 minutes 13 seconds`, or
 * undefined for anything else.
 */
export const readDuration = (value: string): number | undefined => {
  const text = value.trim().toLowerCase()
  if (text.length > 64 || !whole.test(text)) return undefined
  let totalMs = 0
  for (const [, amount, word] of text.matchAll(parts)) totalMs += Number(amount) * unitOf(word ?? "")
  return totalMs
}
