import { available, Caller, CostOf, PriceOf, refuseFaults, Tag } from "@bellwether/core"
import type { Answer, Attempt, Call, CallEnding, CallMiddleware, Context } from "@bellwether/core"
import type { Failed, Lease, Services, Target, Verdict } from "@bellwether/core"
import { backMs, Budget, isOfCallers, refusalOf, uncountableOf } from "./budget.ts"
import type { Charge, Payer, PurseMemories, PurseWitness, Refusal } from "./budget.ts"
import { isOfCalls } from "./budget-options.ts"
import type { BudgetRules } from "./budget-options.ts"
import { PriceMissing } from "./events.ts"
import { needsPrices, priceFaults } from "./price-faults.ts"
import type { Purse } from "./purse.ts"
import { Spendings, sum } from "./spending.ts"
import type { Need, Spending } from "./spending.ts"
import { refusalFailure, refusalReason } from "./wording.ts"

/** How budgets are kept. */
export interface BudgetsOptions {
  readonly rules: readonly BudgetRules[]
  readonly leaseMs: number
  readonly lowShare: number
  readonly assumedOutput: number
  readonly witness: PurseWitness | undefined
}

/** So many models without a price are told of. */
const mostUnpriced = 100

/** Finds what was used of a budget; of several that are alike, each has its own. */
function rememberPurses({ kept }: Services): (rules: BudgetRules) => PurseMemories {
  const alike = new Map<string, number>()
  return ({ identity }) => {
    const place = alike.get(identity) ?? 0
    alike.set(identity, place + 1)
    return kept(`budget/${identity}/${place}`, (): PurseMemories => new Map())
  }
}

/** Our own budgets at work: those of a call (pipeline, tag, caller) and those of an attempt (endpoint, key, model). */
export class Budgets {
  readonly #services: Services
  readonly #options: BudgetsOptions
  readonly #ofCalls: readonly Budget[]
  readonly #ofAttempts: readonly Budget[]
  readonly #spendings: Spendings
  readonly #unpriced = new Set<string>()
  /** Where those wait who may be turned away for what others hold, in all pipelines of the state. */
  readonly #boards: Set<() => void>

  constructor(services: Services, options: BudgetsOptions) {
    this.#services = services
    this.#options = options
    const { leaseMs, lowShare, witness } = options
    const purse = { leaseMs, lowShare, tell: services.emit }
    const remember = rememberPurses(services)
    const budgets = options.rules.map((rules) => new Budget(rules, purse, remember(rules), witness))
    this.#ofCalls = budgets.filter(({ rules: { scope } }) => isOfCalls(scope))
    this.#ofAttempts = budgets.filter((budget) => !this.#ofCalls.includes(budget))
    this.#spendings = new Spendings({
      units: new Set(options.rules.map(({ unit }) => unit)),
      cost: services.use(CostOf),
      price: services.use(PriceOf),
      assumedOutput: options.assumedOutput,
      unpriced: (target, model) => this.#tellUnpriced(target, model),
    })
    const dateMs = services.clock.date()
    // Those that are known are opened before their first call, so that what the fleet has used is known too.
    for (const budget of budgets)
      for (const target of services.targets)
        if (!isOfCallers(budget.rules)) budget.purseOf({ target }, dateMs)
    for (const budget of budgets) budget.recall()
    this.#boards = services.kept("boards", () => new Set<() => void>())
    const { touch } = services.board
    this.#boards.add(touch)
    services.signal.addEventListener("abort", () => void this.#boards.delete(touch), { once: true })
  }

  /** Whether there is anything to ask before an attempt. */
  get admits(): boolean {
    return this.#ofAttempts.length > 0 || this.#ofCalls.some(({ rules }) => needsPrices(rules))
  }

  /** @throws PipelineError `invalid-options` where there is nothing to know prices from */
  check(): void {
    const { use, targets } = this.#services
    refuseFaults(priceFaults(this.#options.rules, targets, use(PriceOf)()))
  }

  get purses(): readonly Purse[] {
    return [...this.#ofCalls, ...this.#ofAttempts].flatMap(({ purses }) => purses)
  }

  readonly call: CallMiddleware = async (request, next, context) => {
    const { call, candidates, model } = context
    const dateMs = this.#services.clock.date()
    const need = this.#spendings.need(call, candidates, model)
    const charges = this.#charges(this.#ofCalls, named(call), need, dateMs)
    const refusal = refusalOf(charges, dateMs) ?? this.#rejection(context, dateMs)
    if (refusal !== undefined) return this.#rejected(refusal, context, dateMs)
    const settle = this.#reserve(charges, () => this.#spendings.certain(call, candidates, model), dateMs)
    if (charges.length > 0) call.onEnd((ending) => settle(this.#usedBy(ending)))
    return this.#ofOwn(await next(request, context), context)
  }

  /** What `take` would say to the smallest of attempts of a call without a tag. */
  peek(target: Target, model: string | undefined): Verdict {
    const dateMs = this.#services.clock.date()
    const refusal = this.#refusalAt({ target, model }, this.#spendings.least(target, model), dateMs)
    return refusal === undefined ? available : this.#verdict(refusal, model, dateMs)
  }

  /** Everything an attempt needs, or nothing. An own limit is a veto: it holds in a panic too. */
  take(attempt: Attempt): Lease | Verdict | undefined {
    const { call, target, model } = attempt
    const dateMs = this.#services.clock.date()
    const need = this.#spendings.need(call, [target], model)
    const refusal = this.#refusalAt({ target, model, ...named(call) }, need, dateMs)
    if (refusal !== undefined) {
      if (refusal.amount !== undefined) refusal.purse.missed(refusal.shortage, dateMs)
      return this.#verdict(refusal, model, dateMs)
    }
    const charges = this.#charges(this.#ofAttempts, { target, model }, need, dateMs)
    if (charges.length === 0) return undefined
    const settle = this.#reserve(charges, () => this.#spendings.certain(call, [target], model), dateMs)
    return { end: (ending) => settle(this.#spendings.used(attempt, ending)) }
  }

  /** What an attempt's own budgets have against it, and those of its call: these have set aside for what has a price. */
  #refusalAt(payer: Payer, need: Need, dateMs: number): Refusal | undefined {
    const own = refusalOf(this.#charges(this.#ofAttempts, payer, need, dateMs), dateMs)
    if (own !== undefined || need.usd !== undefined) return own
    return uncountableOf(this.#charges(this.#ofCalls, payer, need, dateMs))
  }

  #charges(budgets: readonly Budget[], payer: Payer, need: Need, dateMs: number): readonly Charge[] {
    return budgets.flatMap((budget) => {
      const purse = budget.purseOf(payer, dateMs)
      return purse === undefined ? [] : [{ purse, amount: need[budget.rules.unit] }]
    })
  }

  /** Sets everything aside; what is returned settles it, with the same spending for all. */
  #reserve(charges: readonly Charge[], certain: () => Need, dateMs: number): (spending: Spending) => void {
    const taken = charges.map(({ purse, amount = 0 }) => {
      const claim = { amount, certain: () => certain()[purse.budget.unit] ?? 0 }
      return { purse, reservation: purse.account.reserve(claim, dateMs) }
    })
    return (spending) => {
      const endMs = this.#services.clock.date()
      for (const { purse, reservation } of taken) {
        reservation.settle(spending[purse.budget.unit])
        this.#options.witness?.settled(purse)
        if (purse.settled(endMs)) for (const touch of this.#boards) touch()
      }
    }
  }

  #usedBy({ attempts }: CallEnding): Spending {
    const used = sum(attempts.map(({ attempt, ending }) => this.#spendings.used(attempt, ending)))
    return { ...used, requests: Math.min(1, used.requests) }
  }

  /** Whether the model's own budget wants the call rejected instead of routed elsewhere. */
  #rejection({ call, candidates, model }: Context, dateMs: number): Refusal | undefined {
    const rejecting = this.#ofAttempts.filter(({ rules: { onExceed } }) => onExceed === "reject")
    if (rejecting.length === 0) return undefined
    const need = this.#spendings.need(call, candidates, model)
    return refusalOf(this.#charges(rejecting, { model }, need, dateMs), dateMs)
  }

  #rejected(refusal: Refusal, { call, model }: Context, dateMs: number): Failed {
    if (refusal.amount !== undefined) refusal.purse.missed(refusal.shortage, dateMs)
    return refused(call, refusal, model, dateMs)
  }

  /** A call that went nowhere because of our budgets alone is told so, instead of that no target takes it. */
  #ofOwn(answer: Answer, { call, candidates, model }: Context): Answer {
    if (answer.ok || answer.attempt !== undefined || call.attempts.length > 0) return answer
    const { class: failureClass, code } = answer.failure
    if (failureClass !== "target-refused" && code !== "no-target") return answer
    const dateMs = this.#services.clock.date()
    const names = named(call)
    const refusals = candidates.map((target) =>
      this.#refusalAt({ target, model, ...names }, this.#spendings.need(call, [target], model), dateMs),
    )
    const [soonest] = refusals.toSorted((a, b) => backMs(a) - backMs(b))
    return soonest === undefined || refusals.includes(undefined)
      ? answer
      : refused(call, soonest, model, dateMs)
  }

  #verdict(refusal: Refusal, model: string | undefined, dateMs: number): Verdict {
    const untilMs = backMs(refusal)
    const { clock } = this.#services
    return {
      status: "unavailable",
      reason: refusalReason(refusal, model, dateMs),
      veto: true,
      ...(Number.isFinite(untilMs) && { untilMs: clock.now() + untilMs - dateMs }),
    }
  }

  #tellUnpriced({ id }: Target, model: string | undefined): void {
    const name = JSON.stringify([id, model])
    if (this.#unpriced.has(name) || this.#unpriced.size >= mostUnpriced) return
    this.#unpriced.add(name)
    this.#services.emit(PriceMissing, { target: id, model })
  }
}

/** What a call is answered with that no budget of ours lets through; its trail says which one does not. */
function refused(call: Call, refusal: Refusal, model: string | undefined, dateMs: number): Failed {
  call.note({ step: "call-refused", reason: refusalReason(refusal, model, dateMs) })
  return { ok: false, failure: refusalFailure(refusal, model, dateMs) }
}

/** What callers say of a call. */
const named = (call: Call): Pick<Payer, "tag" | "caller"> => ({
  tag: call.hint(Tag),
  caller: call.hint(Caller),
})
