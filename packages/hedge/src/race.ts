import { Choice, Excluded, Impatient, Purpose } from "@bellwether/core"
import type { Answer, Attempt, CallRequest, Context, Next, Services } from "@bellwether/core"
import { HedgeLost, HedgeStarted, HedgeWon } from "./events.ts"
import { mayAct } from "./hedgeable.ts"
import { Lane } from "./lane.ts"
import type { Pace } from "./pace.ts"

/** What is to be hedged. */
export interface Race {
  readonly request: CallRequest
  readonly next: Next<CallRequest>
  readonly context: Context
  readonly pace: Pace
  readonly services: Pick<Services, "emit">
}

/** The answer that comes first: that of one target, or of a second one that is asked when the first is late. */
export async function run(race: Race): Promise<Answer> {
  const { request, next, context, pace } = race
  const { promise: lateness, resolve: tellLate } = Promise.withResolvers<Attempt>()
  const first = new Lane(
    context.branch(),
    (inner) => next(request, inner),
    (attempt) => pace.watch(attempt, tellLate),
  )
  const late = await Promise.race([lateness, first.answer.then(() => undefined)])
  if (late === undefined || !mayHedge(race)) return first.answer
  return quicker(first, hedge(late, race), late, race)
}

/** One hedge for a call, where it can pay. */
function mayHedge({ request, context, pace }: Race): boolean {
  const isFirst = context.call.attempts.every(({ kind }) => kind !== "hedge")
  return isFirst && !mayAct(request) && pace.allowance.spend()
}

/** The same request to a target that was not asked yet; the layers inside let it fail where there is none. */
function hedge(late: Attempt, { request, next, context, pace, services }: Race): Lane {
  const { call } = context
  const asked = call.attempts.map(({ target }) => target.id)
  const excluded = new Set([...context.get(Excluded), ...asked])
  const lane = new Lane(
    context.branch(),
    (inner) => next(request, hedging(inner).with(Excluded, excluded)),
    ({ target, startedAtMs }) =>
      services.emit(HedgeStarted, {
        call,
        from: late.target,
        to: target,
        afterMs: startedAtMs - late.startedAtMs,
      }),
  )
  void lane.answer.then(() => {
    if (lane.attempt === undefined) pace.allowance.giveBack()
  })
  return lane
}

/** A hedge is worth nothing on a target that is not well. */
const hedging = (context: Context): Context =>
  context.with(Purpose, "hedge").with(Impatient, true).with(Choice, undefined)

/** Where one fails the other goes on; where both do, the failure of the first is told, as without a hedge. */
async function quicker(
  first: Lane,
  second: Lane,
  late: Attempt,
  { context, services }: Race,
): Promise<Answer> {
  const settled = await Promise.race([first, second].map((lane) => lane.answer.then(() => lane)))
  const other = settled === first ? second : first
  const [winner, loser] = (await settled.answer).ok ? [settled, other] : [other, settled]
  const answer = await winner.answer
  loser.giveUp()
  if (second.attempt !== undefined) {
    const isWon = answer.ok && winner === second
    const { call } = context
    services.emit(isWon ? HedgeWon : HedgeLost, { call, from: late.target, to: second.attempt.target })
  }
  return answer.ok ? answer : first.answer
}
