import { Alternative, Choice, Excluded, Impatient, Parks, Purpose, RetryBudget } from "@bellwether/core"
import type { Answer, Call, CallMiddleware, Context, Failed, Plugin, Services } from "@bellwether/core"
import { createBudget, unlimited } from "./budget.ts"
import type { Budget, Buckets } from "./budget.ts"
import { decide, hasAlternative } from "./decide.ts"
import type { Move, Repeat } from "./decide.ts"
import { CallMoved, RetryScheduled } from "./events.ts"
import { createGatesAndParks } from "./gates-and-parks.ts"
import { mostTelling } from "./most-telling.ts"
import { readOptions } from "./options.ts"
import type { RetryOptions, Rules } from "./options.ts"
import { attemptsOf, failedOf, freshMemory, situationOf } from "./recollect.ts"
import type { FailedAttempt, Memory } from "./recollect.ts"

/**
 * Keeps calls alive: a call that fails moves to another target, or is repeated on the same one within a budget. It
 * stands outside the router. Providers that ask to be left alone, and keys and models that do not work, are kept
 * out of use for a while.
 *
 * @example
 * createPipeline({ endpoints, use: [retry(), router()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function retry(options: RetryOptions = {}): Plugin {
  const rules = readOptions(options)
  return {
    name: "retry",
    inside: ["quota", "fallback", "resume"],
    setup(services) {
      const { clock, targets } = services
      const budget =
        rules.budget === false ? unlimited : createBudget(clock, targets, rules.budget, keptBuckets(services))
      services.provide(RetryBudget, budget)
      const paced = new WeakSet<Call>()
      const admit = createGatesAndParks(services, budget, ({ kind, call }) =>
        kind === "repeat" && paced.has(call) ? "paced" : kind,
      )
      services.provide(Parks, admit)
      return {
        call: createRetryCall(services, { budget, paced, rules }),
        admit,
        inspect: () => ({ ...admit.inspect(), tokens: budget.inspect() }),
      }
    },
  }
}

/** The buckets as an earlier pipeline has left them. */
function keptBuckets({ kept, renewed }: Services): Buckets {
  const buckets = kept("buckets", (): Buckets => new Map())
  for (const { id } of renewed) buckets.delete(id)
  return buckets
}

/** What the calls of a pipeline share. */
interface RetryShared {
  readonly budget: Budget
  readonly rules: Rules
  /** Calls whose latest repeat goes when a line says so. */
  readonly paced: WeakSet<Call>
}

function createRetryCall(services: Services, { budget, rules, paced }: RetryShared): CallMiddleware {
  const { clock, random, board } = services
  const sources = { clock, board, budget }

  function withAlternative(context: Context): Context {
    return context.with(Alternative, () => {
      const underWay = attemptsOf(context).filter(({ ending }) => ending === undefined)
      const situation = situationOf(context, failedOf(context), freshMemory, sources)
      return hasAlternative(
        underWay.map(({ target }) => target),
        situation,
        rules,
      )
    })
  }

  /** Returns the token of a repeat that was not made. */
  function giveBack(decision: Move | Repeat): void {
    if (decision.act === "repeat" && !decision.isPaced) budget.giveBack(decision.target)
  }

  /** Waits as decided. A token is for a try: an aborted wait returns it. */
  async function prepare(
    decision: Move | Repeat,
    { call, signal }: Context,
    last: FailedAttempt | undefined,
  ) {
    const { waitMs, reason } = decision
    if (decision.act === "repeat") {
      if (decision.isPaced) paced.add(call)
      else {
        paced.delete(call)
        budget.spend(decision.target)
      }
      const cause = last?.failure.class ?? "call-refused"
      services.emit(RetryScheduled, { call, target: decision.target, delayMs: waitMs, class: cause })
    } else if (last !== undefined)
      services.emit(CallMoved, { call, from: last.attempt.target, class: last.failure.class })
    if (waitMs === 0) return
    try {
      await clock.sleep(waitMs, signal)
    } catch (error) {
      giveBack(decision)
      throw error
    }
    call.note({ step: "waited", reason, waitMs: Math.round(waitMs) })
  }

  function towards(decision: Move | Repeat, context: Context): Context {
    if (decision.act === "repeat") {
      const chosen = context.with(Purpose, "repeat").with(Choice, { target: decision.target, kind: "repeat" })
      return decision.mayLineUp ? chosen : chosen.with(Impatient, true)
    }
    return context.with(Excluded, new Set([...context.get(Excluded), ...decision.excluded]))
  }

  return async (request, next, context) => {
    const { call } = context
    let memory = freshMemory
    const inner = withAlternative(context)
    // Whoever asks again for the same goes on where it failed.
    let answer: Answer = failedOf(context).at(-1) ?? (await next(request, inner))
    let decision: Move | Repeat | undefined
    while (!answer.ok) {
      const failed = failedOf(context, answer)
      if (!mayGoOn(answer)) return told(failed, answer)
      memory = remembering(memory, answer, decision, context)
      const decided = decide(situationOf(context, failed, memory, sources), rules, random)
      if (decided.act === "stop") {
        const last = failed.at(-1)?.attempt.target.id
        if (decided.reason !== undefined && last !== undefined)
          call.note({ step: "target-skipped", target: last, reason: decided.reason })
        return told(failed, answer)
      }
      decision = decided
      await prepare(decision, context, failed.at(-1))
      const begun = call.attempts.length
      answer = await next(request, towards(decision, inner))
      if (call.attempts.length === begun) giveBack(decision)
    }
    return answer
  }
}

/** The caller's own end, a spent call and a passed deadline are final; a router without a target is not. */
function mayGoOn({ failure }: Failed): boolean {
  if (failure.class === "call-refused") return failure.code === "no-target"
  return failure.class !== "cancelled" && failure.class !== "superseded"
}

/** Takes in who refused the call; an attempt that was made clears all refusals. */
function remembering(
  memory: Memory,
  answer: Failed,
  decision: Move | Repeat | undefined,
  context: Context,
): Memory {
  const { failure, attempt } = answer
  const delaysMs =
    decision?.act === "repeat"
      ? new Map([...memory.delaysMs, [decision.target.id, decision.waitMs]])
      : memory.delaysMs
  if (attempt !== undefined) return { ...memory, delaysMs, refused: new Set(), unrouted: false }
  if (decision?.act === "repeat")
    return { ...memory, delaysMs, refused: new Set([...memory.refused, decision.target.id]) }
  const tried = new Set(failedOf(context).map(({ attempt: { target } }) => target.id))
  const untried = context.candidates.filter(({ id }) => !tried.has(id)).map(({ id }) => id)
  return {
    ...memory,
    refused: new Set([...memory.refused, ...untried]),
    unrouted: failure.class === "target-refused",
  }
}

/** What the caller gets: the failure that tells most, never a refusal of our own in front of a real one. */
function told([first, ...others]: readonly FailedAttempt[], answer: Failed): Answer {
  const { class: failureClass } = answer.failure
  const isFinal = failureClass === "cancelled" || failureClass === "superseded"
  return isFinal || first === undefined ? answer : mostTelling([first, ...others])
}
