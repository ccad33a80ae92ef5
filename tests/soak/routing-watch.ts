import { CircuitClosed, CircuitHalfOpened, CircuitOpened } from "@bellwether/circuit-breaker"
import type { CircuitChange } from "@bellwether/circuit-breaker"
import { AttemptStarted } from "@bellwether/core"
import type { Attempt, Pipeline } from "@bellwether/core"

/** What attempts and circuits of a pipeline did. */
export interface RoutingWatch {
  /** Targets of all attempts, in the order they began. */
  readonly begun: readonly string[]
  /** Tries of circuits that were not closed: how many in all, and of one circuit at the same time at most. */
  readonly trials: number
  readonly mostTrialsAtOnce: number
}

/** Watches a pipeline whose calls all ask for the same model: a target then has one circuit. */
export function watchRouting({ on }: Pick<Pipeline, "on">): RoutingWatch {
  const begun: string[] = []
  const away = new Set<string>()
  const underWay = new Map<string, number>()
  let trials = 0
  let mostTrialsAtOnce = 0

  const leave = ({ target }: CircuitChange): void => void away.add(target.id)
  on(CircuitOpened, leave)
  on(CircuitHalfOpened, leave)
  on(CircuitClosed, ({ target }) => void away.delete(target.id))

  function watchTrial(attempt: Attempt): void {
    const { id } = attempt.target
    const count = (underWay.get(id) ?? 0) + 1
    underWay.set(id, count)
    trials++
    mostTrialsAtOnce = Math.max(mostTrialsAtOnce, count)
    let isOver = false
    // A trial is over when its answer can no longer fail before the caller has any of it.
    const over = (): void => {
      if (!isOver) underWay.set(id, (underWay.get(id) ?? 0) - 1)
      isOver = true
    }
    attempt.observe({ commit: over, end: over })
  }

  on(AttemptStarted, ({ attempt }) => {
    begun.push(attempt.target.id)
    if (away.has(attempt.target.id)) watchTrial(attempt)
  })

  return {
    begun,
    get trials() {
      return trials
    },
    get mostTrialsAtOnce() {
      return mostTrialsAtOnce
    },
  }
}
