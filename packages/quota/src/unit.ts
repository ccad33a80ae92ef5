/** What a budget counts. */
export type Unit = "requests" | "tokens" | "usd"

/**
 * Amounts are counted in whole numbers, so that what was reserved and given back leaves exactly nothing, and that a
 * store can add them up: money in billionths of a dollar.
 */
const scale: Readonly<Record<Unit, number>> = { requests: 1, tokens: 1, usd: 1e9 }

/** An amount as it is counted. */
export const counted = (amount: number, unit: Unit): number => Math.round(amount * scale[unit])

/** A counted amount as people know it. */
export const uncounted = (amount: number, unit: Unit): number => amount / scale[unit]

const format = new Intl.NumberFormat("en", {
  maximumFractionDigits: 6,
  maximumSignificantDigits: 2,
  roundingPriority: "morePrecision",
})

/** `1,200`, `0.004`. */
export const inNumbers = (amount: number): string => format.format(amount)

/** `1,200 tokens`, `0.004 USD`, `1 request`. */
export function inWords(amount: number, unit: string): string {
  const one = amount === 1 && (unit === "requests" || unit === "tokens")
  return `${inNumbers(amount)} ${one ? unit.slice(0, -1) : unit === "usd" ? "USD" : unit}`
}
