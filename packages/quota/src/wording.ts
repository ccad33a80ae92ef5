import type { Failure } from "@bellwether/core"
import type { Refusal } from "./budget.ts"
import { inWords, uncounted } from "./unit.ts"

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
export function refusalReason({ purse, amount, shortage }: Refusal, dateMs: number): string {
  const { name, unit, limit } = purse.budget
  const { used, held, untilMs } = shortage
  const words = (counted: number): string => inWords(uncounted(counted, unit), unit)
  const owner = purse.subject === "" ? "" : ` of ${purse.subject}`
  const reserved = held === 0 ? "" : `, ${words(held)} of it set aside for calls under way`
  const facts =
    `the budget "${name}"${owner} is used up: ${words(used)} of ${words(limit)} are taken${reserved}, and about ` +
    `${words(amount)} would be needed`
  if (amount > limit) return `${facts}, which is more than all of it: raise the limit`
  if (untilMs === undefined) return `${facts}; some of it may come back when those calls end`
  return `${facts}; there is room again ${whenBack(untilMs, dateMs)}`
}

/** What a call fails with that a budget of our own does not let through. */
export function refusalFailure(refusal: Refusal, dateMs: number): Failure {
  const { untilMs } = refusal.shortage
  return {
    class: "quota-exhausted",
    code: "quota-exhausted",
    status: 429,
    message: `The call was not made: ${refusalReason(refusal, dateMs)}.`,
    ...(untilMs !== undefined && { retryAfterMs: Math.max(0, untilMs - dateMs) }),
  }
}
