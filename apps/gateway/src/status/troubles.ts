import { Caller } from "@bellwether/core"
import type { Call, CallEnding, Clock } from "@bellwether/core"
import { trailStep } from "./trail-words.ts"
import type { TroubledCall } from "./status.ts"

const mostKept = 50
/** A trail of more lines is told by its end. */
const mostSteps = 40

/** What is the caller's own doing is no trouble. */
const callersOwn = new Set(["cancelled", "caller-fault", "content-policy", "context-length"])

/** The newest calls that were in trouble. */
export class Troubles {
  readonly #clock: Clock
  readonly #calls: TroubledCall[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Newest first. */
  get list(): readonly TroubledCall[] {
    return this.#calls
  }

  /** Takes note of a call that has ended, if it was in trouble. */
  look(call: Call, ending: CallEnding): void {
    const { failure } = ending
    const targets = new Set(ending.attempts.map(({ attempt }) => attempt.target.id))
    const hasFailed = failure !== undefined && !callersOwn.has(failure.class)
    if (!hasFailed && targets.size < 2) return
    this.#calls.unshift({
      id: call.id,
      startedAtMs: Math.round(this.#clock.date() - ending.durationMs),
      operation: call.operation.name,
      model: call.model ?? null,
      caller: call.hint(Caller) ?? null,
      state: failure === undefined ? "answered" : "failed",
      durationMs: Math.round(ending.durationMs),
      served: call.attempts.findLast(({ committed }) => committed)?.target.id ?? null,
      attempts: call.attempts.length,
      failure: failure === undefined ? null : { class: failure.class, code: failure.code },
      steps: call.trail.slice(-mostSteps).map(trailStep),
    })
    this.#calls.splice(mostKept)
  }
}
