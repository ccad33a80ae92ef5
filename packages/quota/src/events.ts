import { defineEvent } from "@bellwether/core"
import type { EventType } from "@bellwether/core"
import type { Alarm } from "./alarm.ts"

/** What is left of a provider's quota, or of a budget of our own. */
export interface QuotaNotice {
  /** Whose limit it is. */
  readonly source: "provider" | "budget"
  /** The target's id, such as `primary/key-1`; or the budget's name. */
  readonly name: string
  /** Of a budget: the endpoint, key, model or tag it is used up for. Absent for the whole pipeline. */
  readonly subject?: string
  /** `requests`, `tokens`, `usd`, or what the provider counts in. */
  readonly unit: string
  /** Absent where there is no limit any more. */
  readonly left?: number
  /** Absent where a provider tells only what is left. */
  readonly limit?: number
  /** Milliseconds since 1970; absent where nobody knows. */
  readonly resetAtMs?: number
}

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
