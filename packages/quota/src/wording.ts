import type { Failure } from "@bellwether/core"
import { backMs } from "./budget.ts"
import type { Overdraft, Refusal } from "./budget.ts"
import { inNumbers, inWords, uncounted } from "./unit.ts"

/** When something is there again, for people. Times are wall milliseconds. */
export const whenBack = (atMs: number, dateMs: number): string =>
  `in ${waitInWords(atMs - dateMs)}, at ${new Date(atMs).toISOString()}`

function waitInWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`
}

/** Why a budget refuses, in words: what is left, what would be needed, and when there is more. */
export function refusalReason(refusal: Refusal, model: string | undefined, dateMs: number): string {
  const { name } = refusal.purse.budget
  const owner = refusal.purse.subject === "" ? "" : ` of ${refusal.purse.subject}`
  const budget = `the budget "${name}"${owner}`
  return refusal.amount === undefined
    ? `${budget} counts money, and nobody knows what ${model ?? "it"} costs here: tell its price, in the endpoint's ` +
        '`price` or by cost(), or set `unpriced: "allow"` in the budget'
    : `${budget} ${shortageReason(refusal, dateMs)}`
}

function shortageReason({ purse, amount, shortage }: Overdraft, dateMs: number): string {
  const { unit, limit } = purse.budget
  const { used, held, untilMs } = shortage
  const words = (counted: number): string => inWords(uncounted(counted, unit), unit)
  const left = used >= limit ? "nothing" : inNumbers(uncounted(limit - used, unit))
  const reserved = held === 0 ? "" : ` (${words(held)} are set aside for calls under way)`
  const facts =
    `has ${left} left of ${words(limit)}${reserved}, and ${unit === "requests" ? "" : "about "}` +
    `${words(amount)} would be needed`
  if (amount > limit) return `${facts}, which is more than all of it: raise the limit`
  if (untilMs === undefined) return `${facts}; some may come back when those calls end`
  return `${facts}; there is room again ${whenBack(untilMs, dateMs)}`
}

/** What a call fails with that a budget of our own does not let through. */
export function refusalFailure(refusal: Refusal, model: string | undefined, dateMs: number): Failure {
  const message = `The call was not made: ${refusalReason(refusal, model, dateMs)}.`
  // Waiting does not help: it is for whoever configures the pipeline.
  if (refusal.amount === undefined)
    return { class: "call-refused", code: "price-missing", status: 403, message }
  const untilMs = backMs(refusal)
  return {
    class: "quota-exhausted",
    code: "quota-exhausted",
    status: 429,
    message,
    ...(Number.isFinite(untilMs) && { retryAfterMs: Math.max(0, untilMs - dateMs) }),
  }
}
