import { Excluded } from "@bellwether/core"
import type { Attempt, Board, Call, Clock, Context, Failed, Target } from "@bellwether/core"
import type { Budget } from "./budget.ts"
import type { Situation, Try } from "./situation.ts"

/** An attempt that failed, as an answer. */
export type FailedAttempt = Failed & { readonly attempt: Attempt }

/** What only retry knows of a call. */
export interface Memory {
  /** How many attempts the call had made before retry began with it. */
  readonly since: number
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
export const freshMemory = (since: number): Memory => ({
  since,
  refused: nobody,
  unrouted: false,
  delaysMs: nothing,
})

/** The attempts that failed, in order; the answer that came out may say it better than the attempt. */
export function failedSince(since: number, { attempts }: Call, answer?: Failed): readonly FailedAttempt[] {
  return attempts.slice(since).flatMap((attempt) => {
    const failure = attempt === answer?.attempt ? answer.failure : attempt.ending?.failure
    return failure === undefined || failure.class === "superseded" ? [] : [{ ok: false, failure, attempt }]
  })
}

/** Puts together what the decision depends on. */
export function situationOf(
  context: Context,
  failed: readonly FailedAttempt[],
  { since, refused, unrouted, delaysMs }: Memory,
  { board, clock, budget }: { readonly board: Board; readonly clock: Clock; readonly budget: Budget },
): Situation {
  const { call } = context
  const nowMs = clock.now()
  return {
    candidates: candidatesOf(context, since).map((target) => ({
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
    nowMs,
    deadlineMs: call.deadlineMs,
  }
}

/** The targets the call may use: not those an outer layer excluded, nor others than where its resource lives. */
function candidatesOf(context: Context, since: number): readonly Target[] {
  const { attempts, operation } = context.call
  const excluded = context.get(Excluded)
  const home = operation.residence === "lives" ? attempts[since]?.target.endpoint : undefined
  return context.candidates.filter(
    ({ id, endpoint }) => !excluded.has(id) && (home === undefined || home === endpoint),
  )
}
