import { defineEvent } from "@bellwether/core"
import type { EventType, QuotaLevel } from "@bellwether/core"
import type { Alarm } from "./alarm.ts"

/** What is left, when an alarm is told. */
export type QuotaNotice = QuotaLevel

/** Less than a fifth is left (`lowShare`). Once per crossing. */
export const QuotaLow: EventType<QuotaNotice> = defineEvent("quota-low")

/** Nothing is left, or less than a call needs. Once per crossing. */
export const QuotaExhausted: EventType<QuotaNotice> = defineEvent("quota-exhausted")

/** What was used up is there again. */
export const QuotaRestored: EventType<QuotaNotice> = defineEvent("quota-restored")

/** A budget of money can not count a model on a target: nobody knows its price. Once for each. */
export const PriceMissing: EventType<{
  readonly target: string
  readonly model: string | undefined
}> = defineEvent("price-missing")

/** The event a change of alarm is told by, if it is told. */
export function eventOf(from: Alarm, to: Alarm): EventType<QuotaNotice> | undefined {
  if (from === to) return undefined
  if (to === "exhausted") return QuotaExhausted
  if (from === "exhausted") return QuotaRestored
  return to === "low" ? QuotaLow : undefined
}
