import { Choice, Excluded, Impatient, Purpose, worse } from "@bellwether/core"
import type { Answer, CallRequest, Context, Failure, Next, Place } from "@bellwether/core"
import type { RetryBudget, Services, Target, Verdict } from "@bellwether/core"
import type { Comebacks } from "./comebacks.ts"
import { PanicTried } from "./events.ts"
import { backAtMs, nextStep } from "./next-step.ts"
import type { Step } from "./next-step.ts"
import { noTarget } from "./no-target.ts"
import type { Rules } from "./options.ts"
import type { Panics } from "./panics.ts"
import { bestOf, whySkipped } from "./rank.ts"
import type { Best, Candidate, Chooser } from "./rank.ts"
import type { Strategy } from "./strategy.ts"
import { waitInLine, waitUntil } from "./waiting.ts"
import { wishesOf } from "./wishes.ts"

/** What all routes of a router share. */
export interface RouteOptions {
  readonly services: Services
  readonly rules: Rules
  readonly strategy: Strategy
  readonly comebacks: Comebacks
  readonly budget: () => RetryBudget
  readonly panics: Panics
}

// Shared until needed: most calls are taken by the first target they ask.
const nothing: ReadonlyMap<string, Verdict> = new Map()
const nobody: ReadonlySet<string> = new Set()

/** For what lives somewhere there is nothing to choose: its home stands first. */
const home: Chooser = { reason: "what is asked for lives there", pick: ([first]) => first }

const panic = "panic: all are unavailable"
const turnHasCome = "its turn in line has come"

/** What one look at the targets goes on with. */
interface Way {
  readonly candidates: readonly Candidate[]
  readonly chooser: Chooser
  readonly request: CallRequest
  readonly next: Next<CallRequest>
}

/** One way of a call through the router: to a target that takes it, or to none. */
export class Route {
  readonly #context: Context
  readonly #options: RouteOptions
  /** Where the call may go at all. */
  readonly #reachable: readonly Target[]
  /** Whether that is everywhere. */
  readonly #isFree: boolean
  /** When patience is over; it begins with the first moment in which nothing is available. */
  #patientUntilMs: number | undefined
  /** What targets said that the board did not know, since the call last waited. */
  #refusals: ReadonlyMap<string, Verdict> = nothing
  #panicked: ReadonlySet<string> = nobody
  /** Whose lines need not be asked for again, since the call last waited. */
  #lineless: ReadonlySet<string> = nobody
  /** Where a wait in line would be in vain. */
  #hopeless: ReadonlySet<string> = nobody
  #skipped: ReadonlySet<string> = nobody

  constructor(context: Context, reachable: readonly Target[], options: RouteOptions) {
    this.#context = context
    this.#options = options
    this.#reachable = reachable
    this.#isFree = reachable === context.candidates
  }

  async run(request: CallRequest, next: Next<CallRequest>): Promise<Answer> {
    const chooser = this.#isFree ? this.#chooser(request) : home
    for (;;) {
      const candidates = this.#look()
      const step = this.#step(candidates, chooser)
      const way: Way = { candidates, chooser, request, next }
      const answer = await this.#go(step, way)
      if (answer !== undefined) return answer
    }
  }

  /** Goes one step; nothing comes of it when the call must look again. */
  async #go(step: Step, way: Way): Promise<Answer | undefined> {
    if (step.act === "line-up") return this.#lineUp(step.targets, way)
    if (step.act === "wait") return this.#wait(step)
    const target = this.#targetOf(step)
    if (target === undefined) return noTarget(way.candidates, this.#options.services.clock.now())
    const answer = await (step.act === "try" ? this.#choose(step, way) : this.#panic(target, way))
    return this.#unlessRefused(target, answer)
  }

  #unlessRefused(target: Target, answer: Answer): Answer | undefined {
    if (answer.ok || answer.failure.class !== "target-refused") return answer
    const { clock } = this.#options.services
    this.#refusals = new Map([...this.#refusals, [target.id, refusalOf(answer.failure, clock.now())]])
    return undefined
  }

  #chooser(request: CallRequest): Chooser {
    const { strategy } = this.#options
    return {
      reason: strategy.reason ?? "chosen by the strategy",
      pick: (targets) => strategy.pick(targets, this.#context, request),
    }
  }

  #look(): readonly Candidate[] {
    const { model, call } = this.#context
    const { comebacks, services } = this.#options
    const excluded = this.#context.get(Excluded)
    const mayChoose = this.#isFree && this.#reachable.length > 1
    const wishOf = mayChoose ? wishesOf(call) : undefined
    const candidates: Candidate[] = []
    for (const target of this.#reachable) {
      if (excluded.has(target.id)) continue
      const said = services.board.read(target, model)
      const refusal = this.#refusals.get(target.id)
      candidates.push({
        target,
        verdict: refusal === undefined ? said : worse(said, refusal),
        wish: wishOf?.(target) ?? 0,
        spared: mayChoose && comebacks.spares(target, model, said),
      })
    }
    return candidates
  }

  #step(candidates: readonly Candidate[], chooser: Chooser): Step {
    const { call, candidates: all } = this.#context
    const { rules, services, panics } = this.#options
    const best = bestOf(candidates, chooser)
    if (best !== undefined) return { act: "try", target: best.target, reason: best.reason }
    const nowMs = services.clock.now()
    const patienceMs = this.#reachable.length === 1 ? rules.soloPatienceMs : rules.patienceMs
    this.#patientUntilMs ??= Math.min(nowMs + patienceMs, call.deadlineMs)
    return nextStep({
      candidates,
      sole: all.length === 1,
      refused: this.#refusals,
      lineless: this.#lineless,
      hopeless: this.#hopeless,
      panicked: { has: (id) => panics.has(id) || this.#panicked.has(id) },
      onUnavailable: this.#context.get(Impatient) ? "fail" : rules.onUnavailable,
      nowMs,
      patientUntilMs: this.#patientUntilMs,
    })
  }

  /** A hedge is paid for by the target it goes to, which nobody knows before. */
  #mayTry(target: Target, budget: RetryBudget): boolean {
    return this.#context.get(Purpose) !== "hedge" || budget.spend(target)
  }

  #choose({ target, reason }: Best, { candidates, request, next }: Way): Promise<Answer> {
    this.#noteSkipped(candidates, target)
    this.#options.strategy.chose?.(target, this.#context)
    return next(request, this.#context.with(Choice, { target, kind: this.#context.get(Purpose), reason }))
  }

  #targetOf(step: Exclude<Step, { readonly act: "wait" | "line-up" }>): Target | undefined {
    const budget = this.#options.budget()
    if (step.act === "try") return this.#mayTry(step.target, budget) ? step.target : undefined
    return step.act === "panic" ? step.targets.find((target) => budget.spend(target)) : undefined
  }

  async #panic(target: Target, { request, next }: Way): Promise<Answer> {
    const { panics, services } = this.#options
    this.#panicked = new Set([...this.#panicked, target.id])
    panics.begin(target.id)
    services.emit(PanicTried, { call: this.#context.call, target })
    let isThrottled = false
    try {
      const answer = await next(request, this.#context.with(Choice, { target, kind: "panic", reason: panic }))
      isThrottled = !answer.ok && answer.failure.class === "rate-limited"
      return answer
    } finally {
      panics.end(target.id, isThrottled)
    }
  }

  async #wait(step: Extract<Step, { readonly act: "wait" }>): Promise<undefined> {
    await waitUntil(step, this.#context, this.#options.services)
    this.#refusals = nothing
    this.#lineless = nobody
    this.#hopeless = nobody
  }

  async #lineUp(targets: readonly Target[], way: Way): Promise<Answer | undefined> {
    for (const target of targets) {
      const place = this.#options.services.board.line(target, this.#context)
      this.#lineless = new Set([...this.#lineless, target.id])
      if (place === undefined) continue
      try {
        return await this.#standInLine(place, target, way)
      } finally {
        place.leave()
      }
    }
    return undefined
  }

  /** Keeps the place while nothing else is available. */
  async #standInLine(place: Place, target: Target, way: Way): Promise<Answer | undefined> {
    const isTurn = await waitInLine(place, target, this.#context, this.#options.services, {
      backAtMs: () =>
        Math.min(
          ...this.#look()
            .filter((other) => other.target !== target)
            .map(backAtMs),
        ),
      isAvailable: () => {
        this.#refusals = nothing
        return bestOf(this.#look(), way.chooser) !== undefined
      },
    })
    if (isTurn) return this.#unlessRefused(target, await this.#choose({ target, reason: turnHasCome }, way))
    // Who has left a line for something better may stand in it again.
    if (isTurn === undefined) this.#lineless = nobody
    else this.#hopeless = new Set([...this.#hopeless, target.id])
    return undefined
  }

  /** Says in the trail why better targets were passed over, once for each. */
  #noteSkipped(candidates: readonly Candidate[], chosen: Target): void {
    for (const candidate of candidates) {
      const reason = whySkipped(candidate, chosen)
      const { id } = candidate.target
      if (reason === undefined || this.#skipped.has(id)) continue
      this.#skipped = new Set([...this.#skipped, id])
      this.#context.call.note({ step: "target-skipped", target: id, reason })
    }
  }
}

function refusalOf({ message, retryAfterMs }: Failure, nowMs: number): Verdict {
  const untilMs = retryAfterMs === undefined ? undefined : nowMs + retryAfterMs
  return { status: "unavailable", reason: message, ...(untilMs !== undefined && { untilMs }) }
}
