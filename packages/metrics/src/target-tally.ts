import type { Attempt, Board, Ending, Target } from "@bellwether/core"
import type { FailureClass } from "@bellwether/wire"
import { isGivenUp, Tally } from "./tally.ts"
import type { Statistics } from "./tally.ts"

/** The numbers of one target's attempts, and how it is now. */
export interface TargetStatistics extends Statistics {
  /** How often a plugin said no to it; that takes no attempt. */
  readonly refusals: number
  /** Failed attempts by class. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>
  readonly status: "available" | "degraded" | "unavailable"
  /** What plugins say of it or of a model on it, in words, each with the plugin's name. */
  readonly reasons: readonly string[]
}

/** Counts what happens to one target. */
export class TargetTally {
  readonly target: Target
  readonly attempts = new Tally()
  refusals = 0
  readonly #failures = new Map<FailureClass, number>()

  constructor(target: Target) {
    this.target = target
  }

  ended({ call }: Attempt, ending: Ending): void {
    this.attempts.ended(ending, call.stream)
    const { failure } = ending
    if (failure !== undefined && !isGivenUp(failure))
      this.#failures.set(failure.class, (this.#failures.get(failure.class) ?? 0) + 1)
  }

  reset(): void {
    this.attempts.reset()
    this.refusals = 0
    this.#failures.clear()
  }

  read(board: Board): TargetStatistics {
    return {
      ...this.attempts.read(),
      refusals: this.refusals,
      failures: Object.fromEntries(this.#failures),
      status: board.read(this.target, undefined).status,
      reasons: reasonsOf(this.target, board),
    }
  }
}

function reasonsOf({ endpoint, key }: Target, board: Board): readonly string[] {
  return board.statements().flatMap(({ source, scope, verdict }) => {
    if (verdict.status === "available" || scope.endpoint !== endpoint) return []
    if (scope.key !== undefined && scope.key !== key) return []
    const subject = scope.model === undefined ? source : `${source}, ${scope.model}`
    return [`${subject}: ${verdict.reason}`]
  })
}
