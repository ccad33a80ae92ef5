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

/** What is remembered of a purse. All pipelines of a state have the same. */
export interface PurseMemory {
  readonly account: Account
  alarm: Alarm
  /** Whether somebody was turned away since it last had room. */
  isMissed: boolean
}

/** Of a subject that has used nothing yet. */
export const freshMemory = ({ frame }: BudgetRules, { leaseMs }: PurseOptions): PurseMemory => ({
  account: new Account(frame, leaseMs),
  alarm: "fine",
  isMissed: false,
})

/** One budget's purse for one subject: its account, and what has been told of it. */
export class Purse {
  readonly budget: BudgetRules
  /** The endpoint's id, the target's, the model or the tag; empty for the whole pipeline. */
  readonly subject: string
  readonly #memory: PurseMemory
  readonly #options: PurseOptions

  constructor(budget: BudgetRules, subject: string, options: PurseOptions, memory: PurseMemory) {
    this.budget = budget
    this.subject = subject
    this.#memory = memory
    this.#options = options
  }

  get account(): Account {
    return this.#memory.account
  }

  /** Why an amount does not fit; `undefined` when it does. Changes nothing. */
  shortage(amount: number, dateMs: number): Shortage | undefined {
    return this.account.shortage(amount, this.budget.limit, dateMs)
  }

  /** Somebody was turned away. */
  missed({ untilMs }: Shortage, dateMs: number): void {
    this.#memory.isMissed = true
    // What is only set aside may come back in a moment: that is no news.
    if (untilMs !== undefined) this.#become("exhausted", dateMs)
  }

  /** Looks at what is left after something was settled. @returns whether it is news to those who were turned away */
  settled(dateMs: number): boolean {
    const { lowShare } = this.#options
    const left = this.budget.limit - this.account.used(dateMs)
    const rules = { lowShare, backShare: lowShare }
    this.#become(nextAlarm(this.#memory.alarm, left / this.budget.limit, rules), dateMs)
    const isNews = this.#memory.isMissed && left > 0
    if (isNews) this.#memory.isMissed = false
    return isNews
  }

  #become(alarm: Alarm, dateMs: number): void {
    const type = eventOf(this.#memory.alarm, alarm)
    this.#memory.alarm = alarm
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
