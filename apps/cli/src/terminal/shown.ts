/** Milliseconds as people read them: `340 ms`, `2.4 s`, `10 min`. */
export function shownMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 100_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, "")} s`
  return `${Math.round(ms / 60_000)} min`
}

/** Dollars as people read them; small amounts to two digits that count. */
export const shownUsd = (usd: number): string =>
  `$${usd !== 0 && Math.abs(usd) < 1 ? Number(usd.toPrecision(2)) : usd.toFixed(2)}`
