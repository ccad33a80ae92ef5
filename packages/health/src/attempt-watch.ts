import { failureTable } from "@bellwether/wire"
import type { Attempt, AttemptObserver, Clock, Ending } from "@bellwether/core"
import type { CallEvidence } from "./calls.ts"
import type { Cause } from "./condition.ts"

/** Fewer pieces are too few to tell a pace. */
const enoughPieces = 20

/** What the end of an attempt tells, and whether it speaks of the key alone. */
export type Told = CallEvidence & { readonly isOfKey: boolean }

/** Watches one attempt to the end of its body. */
export class AttemptWatch implements AttemptObserver {
  readonly #attempt: Attempt
  readonly #clock: Clock
  readonly #tell: (attempt: Attempt, told: Told) => void
  /** How long the caller has waited for more of the body; how long it takes to read it is not the provider's. */
  #waitedMs = 0
  #waitingSinceMs: number | undefined
  /** Events of its stream; how many tokens they hold is seldom told, but for one model it stays the same. */
  #pieces = 0

  constructor(attempt: Attempt, clock: Clock, tell: (attempt: Attempt, told: Told) => void) {
    this.#attempt = attempt
    this.#clock = clock
    this.#tell = tell
  }

  progress(): void {
    this.#pieces++
  }

  reading(isWaiting: boolean): void {
    const nowMs = this.#clock.now()
    if (this.#waitingSinceMs !== undefined) this.#waitedMs += nowMs - this.#waitingSinceMs
    this.#waitingSinceMs = isWaiting ? nowMs : undefined
  }

  end(ending: Ending): void {
    this.reading(false)
    const { startedAtMs, call } = this.#attempt
    const { health, blamed, failure = blamed } = ending
    const isOfKey = failure !== undefined && failureTable[failure.class].health === "key"
    const paces = call.stream ? this.#paces(ending) : {}
    this.#tell(this.#attempt, { health, cause: causeOf(failure), startedAtMs, isOfKey, ...paces })
  }

  #paces({ firstContentMs, durationMs }: Ending): Partial<CallEvidence> {
    if (firstContentMs === undefined) return { silentMs: durationMs }
    return {
      firstContentMs,
      ...(this.#pieces >= enoughPieces && { msPerPiece: this.#waitedMs / this.#pieces }),
    }
  }
}

function causeOf(failure: Ending["failure"]): Cause {
  if (failure === undefined) return { kind: "", reason: "" }
  const { class: kind, status } = failure
  return { kind, reason: status === undefined ? kind : `${kind} (${status})` }
}
