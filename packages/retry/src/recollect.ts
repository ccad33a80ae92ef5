import { Excluded, Impatient } from "@bellwether/core"
import type { Attempt, Board, Clock, Context, Failed, Target } from "@bellwether/core"
import type { Budget } from "./budget.ts"
import type { Situation, Try } from "./situation.ts"

/** An attempt that failed, as an answer. */
export type FailedAttempt = Failed & { readonly attempt: Attempt }

/** What only retry knows of a call. */
export interface Memory {
  /** Ids of targets that refused the call since its last attempt. */
  readonly refused: ReadonlySet<string>
  /** Whether nobody but dispatch stands between retry and the targets. */
  readonly unrouted: boolean
  /** Milliseconds of backoff before the last repeat, by target id. */
  readonly delaysMs: ReadonlyMap<string, number>
}

const nobody: Memory["refused"] = new Set()
const nothing: Memory["delaysMs"] = new Map()

/** Before anything went wrong. */
export const freshMemory: Memory = { refused: nobody, unrouted: false, delaysMs: nothing }

/** The attempts at what is asked for now: not those at another model or an excluded target, nor those answered. */
export function attemptsOf(context: Context): readonly Attempt[] {
  const excluded = context.get(Excluded)
  return context.call.attempts.filter(
    ({ committed, model, target }) => !committed && model === context.model && !excluded.has(target.id),
  )
}

/** Those that failed, in order; the answer that came out may say it better than the attempt. */
export function failedOf(context: Context, answer?: Failed): readonly FailedAttempt[] {
  return attemptsOf(context).flatMap((attempt) => {
    const failure = attempt === answer?.attempt ? answer.failure : attempt.ending?.failure
    return failure === undefined || failure.class === "superseded" ? [] : [{ ok: false, failure, attempt }]
  })
}

/** Puts together what the decision depends on. */
export function situationOf(
  context: Context,
  failed: readonly FailedAttempt[],
  { refused, unrouted, delaysMs }: Memory,
  { board, clock, budget }: { readonly board: Board; readonly clock: Clock; readonly budget: Budget },
): Situation {
  const { call } = context
  const nowMs = clock.now()
  return {
    candidates: candidatesOf(context).map((target) => ({
      target,
      verdict: board.read(target, context.model),
      affordable: budget.canSpend(target),
      refused: refused.has(target.id),
      previousMs: delaysMs.get(target.id) ?? 0,
    })),
    tries: failed.map(({ attempt: { target, startedAtMs, ending }, failure }): Try => ({
      target,
      failure,
      endedAtMs: ending === undefined ? nowMs : startedAtMs + ending.durationMs,
    })),
    repeatable: call.operation.repeatable,
    attemptsLeft: call.attemptsLeft,
    unrouted,
    elsewhere: context.get(Impatient),
    nowMs,
    deadlineMs: call.deadlineMs,
  }
}

/** The targets the call may use: not those an outer layer excluded, nor others than where its resource lives. */
function candidatesOf(context: Context): readonly Target[] {
  const { attempts, operation } = context.call
  const excluded = context.get(Excluded)
  const home = operation.residence === "lives" ? attempts[0]?.target.endpoint : undefined
  return context.candidates.filter(
    ({ id, endpoint }) => !excluded.has(id) && (home === undefined || home === endpoint),
  )
}
