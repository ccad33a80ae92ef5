import type { Target } from "@bellwether/core"
import type { Shortage } from "./account.ts"
import { isAmong } from "./budget-options.ts"
import type { BudgetRules } from "./budget-options.ts"
import { freshMemory, Purse } from "./purse.ts"
import type { PurseMemory, PurseOptions } from "./purse.ts"

/** What decides which purse of a budget pays. */
export interface Payer {
  readonly target?: Target
  readonly model?: string | undefined
  readonly tag?: string | undefined
  readonly caller?: string | undefined
}

/** Names of models and tags come from callers: beyond so many, the others share one purse. */
const mostPurses = 256

/** What those share that have no purse of their own, and those without a tag or a caller. No tag has brackets. */
const others = "(other)"
const nameless = "(none)"

/** Who is told of what becomes of purses. */
export interface PurseWitness {
  opened(purse: Purse): void
  /** Something was settled in it. */
  settled(purse: Purse): void
  /** It was empty, and its subject is not remembered any more. */
  forgotten(purse: Purse): void
}

/** What is remembered of the purses of a budget, by subject. */
export type PurseMemories = Map<string, PurseMemory>

/** A budget with its purses: one for each subject, so many at most. */
export class Budget {
  readonly rules: BudgetRules
  readonly #options: PurseOptions
  readonly #witness: PurseWitness | undefined
  readonly #memories: PurseMemories
  readonly #purses = new Map<string, Purse>()

  constructor(
    rules: BudgetRules,
    options: PurseOptions,
    memories: PurseMemories,
    witness: PurseWitness | undefined,
  ) {
    this.rules = rules
    this.#options = options
    this.#memories = memories
    this.#witness = witness
  }

  /** Opens the purses that an earlier pipeline had for subjects that callers name. */
  recall(): void {
    const { rules } = this
    const own = [others, nameless]
    if (isOfCallers(rules))
      for (const subject of this.#memories.keys())
        if (own.includes(subject) || among(rules.match, subject) !== undefined) this.#open(subject)
  }

  get purses(): readonly Purse[] {
    return [...this.#purses.values()]
  }

  /** The purse that pays, if the budget is about the payer at all. */
  purseOf(payer: Payer, dateMs: number): Purse | undefined {
    const subject = subjectOf(this.rules, payer)
    if (subject === undefined) return undefined
    const known = this.#purses.get(subject)
    if (known !== undefined) return known
    if (this.#purses.size >= mostPurses && isOpenEnded(this.rules)) this.#forgetEmpty(dateMs)
    if (this.#purses.size < mostPurses || !isOpenEnded(this.rules)) return this.#open(subject)
    return this.#purses.get(others) ?? this.#open(others)
  }

  #open(subject: string): Purse {
    const memory = this.#memories.get(subject) ?? freshMemory(this.rules, this.#options)
    this.#memories.set(subject, memory)
    const purse = new Purse(this.rules, subject, this.#options, memory)
    this.#purses.set(subject, purse)
    this.#witness?.opened(purse)
    return purse
  }

  #forgetEmpty(dateMs: number): void {
    for (const [subject, purse] of this.#purses) {
      if (!purse.account.isEmpty(dateMs)) continue
      this.#purses.delete(subject)
      this.#memories.delete(subject)
      this.#witness?.forgotten(purse)
    }
  }
}

/** Whether its subjects are named by callers, so that nobody knows how many there are. */
export const isOfCallers = ({ scope }: BudgetRules): boolean =>
  scope === "model" || scope === "tag" || scope === "caller"

/** Whether there is no telling how many purses it may come to have. */
const isOpenEnded = (rules: BudgetRules): boolean =>
  isOfCallers(rules) && (rules.match === undefined || rules.match.some((name) => name.endsWith("*")))

function subjectOf({ scope, match }: BudgetRules, { target, model, tag, caller }: Payer): string | undefined {
  switch (scope) {
    case "pipeline":
      return ""
    case "tag":
      return tag === undefined && match === undefined ? nameless : among(match, tag)
    case "caller":
      return caller === undefined && match === undefined ? nameless : among(match, caller)
    case "model":
      return among(match, model)
    case "endpoint":
      return among(match, target?.endpoint)
    case "key":
      return among(match, target?.id)
  }
}

const among = (names: readonly string[] | undefined, name: string | undefined): string | undefined =>
  name !== undefined && (names === undefined || isAmong(names, name)) ? name : undefined

/** A purse, and how much of it somebody wants. */
export interface Charge {
  readonly purse: Purse
  /** As it is counted; `undefined` when nobody knows, for want of a price. */
  readonly amount: number | undefined
}

/** A charge that does not fit. */
export interface Overdraft {
  readonly purse: Purse
  readonly amount: number
  readonly shortage: Shortage
}

/** A charge that nobody can count. */
export interface Uncountable {
  readonly purse: Purse
  readonly amount: undefined
}

/** Why a budget lets something not through. */
export type Refusal = Overdraft | Uncountable

/** The charge that is not let through, the one that will take longest of several. */
export function refusalOf(charges: readonly Charge[], dateMs: number): Refusal | undefined {
  return (
    uncountableOf(charges) ??
    charges
      .flatMap((charge) => overdraftOf(charge, dateMs) ?? [])
      .reduce<Overdraft | undefined>(
        (worst, each) => (worst === undefined || backMs(each) > backMs(worst) ? each : worst),
        undefined,
      )
  )
}

/** The charge that nobody can count, if its budget minds. */
export function uncountableOf(charges: readonly Charge[]): Uncountable | undefined {
  const uncountable = charges.find(
    ({ purse, amount }) => amount === undefined && purse.budget.unpriced === "reject",
  )
  return uncountable && { purse: uncountable.purse, amount: undefined }
}

/** Budgets that only warn always have room. */
function overdraftOf({ purse, amount = 0 }: Charge, dateMs: number): Overdraft | undefined {
  if (purse.budget.onExceed === "warn") return undefined
  const shortage = purse.shortage(amount, dateMs)
  return shortage && { purse, amount, shortage }
}

/** When there is room again, in wall milliseconds; what nobody can wait for lasts longest. */
export const backMs = (refusal: Refusal | undefined): number =>
  refusal?.amount === undefined ? Infinity : (refusal.shortage.untilMs ?? Infinity)
