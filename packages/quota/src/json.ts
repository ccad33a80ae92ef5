/** A JSON object of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A number, also one that is written as a text; `undefined` for anything else. */
export function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

/** A time: milliseconds or seconds since 1970, or an ISO date; `undefined` for anything else. */
export function timeIn(value: unknown): number | undefined {
  const number = numberIn(value)
  if (number !== undefined) return number < 1e11 ? number * 1_000 : number
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN
  return Number.isNaN(parsed) ? undefined : parsed
}
