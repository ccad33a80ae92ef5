import type { EventType } from "@bellwether/core"
import { Account } from "./account.ts"
import type { Shortage } from "./account.ts"
import { nextAlarm } from "./alarm.ts"
import type { Alarm } from "./alarm.ts"
import type { BudgetRules } from "./budget-options.ts"
import { eventOf } from "./events.ts"
import type { QuotaNotice } from "./events.ts"
import { uncounted } from "./unit.ts"

/** Tells what has changed. */
export type Tell = (type: EventType<QuotaNotice>, notice: QuotaNotice) => void

/** How purses of a budget are made. */
export interface PurseOptions {
  readonly leaseMs: number
  readonly lowShare: number
  readonly tell: Tell
}

/** One budget's purse for one subject: its account, and what has been told of it. */
export class Purse {
  readonly budget: BudgetRules
  /** The endpoint's id, the target's, the model or the tag; empty for the whole pipeline. */
  readonly subject: string
  readonly account: Account
  readonly #options: PurseOptions
  #alarm: Alarm = "fine"
  /** Whether somebody was turned away since it last had room. */
  #isMissed = false

  constructor(budget: BudgetRules, subject: string, options: PurseOptions) {
    this.budget = budget
    this.subject = subject
    this.account = new Account(budget.frame, options.leaseMs)
    this.#options = options
  }

  /** Why an amount does not fit; `undefined` when it does. Changes nothing. */
  shortage(amount: number, dateMs: number): Shortage | undefined {
    return this.account.shortage(amount, this.budget.limit, dateMs)
  }

  /** Somebody was turned away. */
  missed({ untilMs }: Shortage, dateMs: number): void {
    this.#isMissed = true
    // What is only set aside may come back in a moment: that is no news.
    if (untilMs !== undefined) this.#become("exhausted", dateMs)
  }

  /** Looks at what is left after something was settled. @returns whether it is news to those who were turned away */
  settled(dateMs: number): boolean {
    const { lowShare } = this.#options
    const left = this.budget.limit - this.account.used(dateMs)
    const rules = { lowShare, backShare: lowShare }
    this.#become(nextAlarm(this.#alarm, left / this.budget.limit, rules), dateMs)
    const isNews = this.#isMissed && left > 0
    if (isNews) this.#isMissed = false
    return isNews
  }

  #become(alarm: Alarm, dateMs: number): void {
    const type = eventOf(this.#alarm, alarm)
    this.#alarm = alarm
    if (type === undefined) return
    const { name, unit, limit } = this.budget
    const resetAtMs = this.account.backMs(dateMs)
    this.#options.tell(type, {
      source: "budget",
      name,
      ...(this.subject !== "" && { subject: this.subject }),
      unit,
      left: uncounted(Math.max(0, limit - this.account.used(dateMs)), unit),
      limit: uncounted(limit, unit),
      ...(resetAtMs !== undefined && { resetAtMs }),
    })
  }
}
