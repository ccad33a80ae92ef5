import type { Admission, Place } from "./admission.ts"
import type { Board, Statement } from "./board.ts"
import type { Clock } from "./clock.ts"
import type { Context } from "./context.ts"
import type { EventBus } from "./event.ts"
import type { Target } from "./target.ts"
import { available, covers, worse } from "./verdict.ts"
import type { Scope, Verdict } from "./verdict.ts"
import { Waiters } from "./waiters.ts"

interface NamedAdmission {
  readonly source: string
  readonly admission: Admission
}

/** The board of one pipeline; `from` is what a plugin sees of it, with its name on what it says. */
export interface PipelineBoard extends Omit<Board, "say"> {
  from(source: string): Board
  admit(source: string, admission: Admission): void
}

const keyOf = (source: string, scope: Scope): string =>
  JSON.stringify([source, scope.endpoint, scope.key, scope.model])

export function createBoard(
  clock: Clock,
  targets: readonly Target[],
  events: Pick<EventBus, "fault">,
): PipelineBoard {
  const standing = new Map<string, Statement>()
  const admissions: NamedAdmission[] = []
  const waiters = new Waiters()
  const touch = (): void => waiters.wake()
  const changed = (signal?: AbortSignal): Promise<void> => waiters.wait(signal)

  function say(source: string, scope: Scope, verdict: Verdict): void {
    const key = keyOf(source, scope)
    if (verdict.status === "available") {
      if (!standing.delete(key)) return
    } else standing.set(key, { source, scope, verdict })
    touch()
  }

  function isOver({ verdict }: Statement): boolean {
    return verdict.status === "unavailable" && verdict.untilMs !== undefined && verdict.untilMs <= clock.now()
  }

  function read(target: Target, model: string | undefined): Verdict {
    let verdict = available
    if (standing.size > 0)
      for (const [key, statement] of standing) {
        if (!covers(statement.scope, target.endpoint, target.key, model)) continue
        if (isOver(statement)) standing.delete(key)
        else verdict = worse(verdict, statement.verdict)
      }
    for (const admission of admissions) verdict = worse(verdict, peek(admission, target, model))
    return verdict
  }

  /** An admission that throws has no say: it must not stop traffic. */
  function peek({ source, admission }: NamedAdmission, target: Target, model: string | undefined): Verdict {
    try {
      return admission.peek?.(target, model) ?? available
    } catch (error) {
      events.fault(admission, `${source} admission`, error)
      return available
    }
  }

  function line(target: Target, context: Context): Place | undefined {
    for (const { source, admission } of admissions) {
      try {
        const place = admission.line?.(target, context)
        if (place !== undefined) return place
      } catch (error) {
        events.fault(admission, `${source} admission`, error)
      }
    }
    return undefined
  }

  function statements(): readonly Statement[] {
    const said = [...standing.values()].filter((statement) => !isOver(statement))
    const peeked = targets.flatMap((target) =>
      admissions.map((admission) => ({
        source: admission.source,
        scope: { endpoint: target.endpoint, key: target.key },
        verdict: peek(admission, target, undefined),
      })),
    )
    return [...said, ...peeked.filter(({ verdict }) => verdict.status !== "available")]
  }

  return {
    read,
    line,
    statements,
    changed,
    touch,
    from: (source) => ({
      say: (scope, verdict) => say(source, scope, verdict),
      read,
      line,
      statements,
      changed,
      touch,
    }),
    admit: (source, admission) => void admissions.push({ source, admission }),
  }
}
