const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const

/** Milliseconds as people read them: `340 ms`, `2.4 s`, `10 min`, `2.5 h`. */
export function shownMs(ms: number): string {
  const whole = Math.round(ms)
  if (whole < 1_000) return `${whole} ms`
  if (whole < 99_950) return `${short(whole / 1_000)} s`
  const [unit, length] = units.find(([, unitMs]) => whole >= unitMs) ?? ["min", 60_000]
  return `${short(whole / length)} ${unit}`
}

/** With one digit behind the point, if it says something. */
const short = (count: number): string => count.toFixed(1).replace(/\.0$/, "")

/** Dollars as people read them; small amounts to two digits that count. */
export const shownUsd = (usd: number): string =>
  usd !== 0 && Math.abs(usd) < 1 ? `${usd < 0 ? "–" : ""}$${small(Math.abs(usd))}` : `$${usd.toFixed(2)}`

/** Without an exponent, which nobody reads as money. */
const small = (usd: number): string =>
  usd.toFixed(Math.max(2, 1 - Math.floor(Math.log10(usd)))).replace(/0+$/, "")

/** `1 call`, `2 calls`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`
