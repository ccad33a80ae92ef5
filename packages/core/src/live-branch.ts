import type { LiveAttempt } from "./live-attempt.ts"
import type { Stop } from "./stop.ts"

/** A part of a call that can be ended as a whole: its attempts, its waits, and the branches below. */
export class LiveBranch {
  readonly #controller = new AbortController()
  readonly #attempts = new Set<LiveAttempt>()
  readonly #children: LiveBranch[] = []
  #stop: Stop | undefined

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the branch was ended; `undefined` while it lives. */
  get stopped(): Stop | undefined {
    return this.#stop
  }

  fork(): LiveBranch {
    const child = new LiveBranch()
    if (this.#stop !== undefined) child.stop(this.#stop)
    this.#children.push(child)
    return child
  }

  add(attempt: LiveAttempt): void {
    this.#attempts.add(attempt)
  }

  remove(attempt: LiveAttempt): void {
    this.#attempts.delete(attempt)
  }

  /** Ends everything in it, at once. */
  stop(stop: Stop): void {
    if (this.#stop !== undefined) return
    this.#stop = stop
    this.endAttempts(stop)
    this.#controller.abort(stop.reason)
    for (const child of this.#children) child.stop(stop)
  }

  /** Ends the attempts still going on, but for one. */
  endAttempts(stop: Stop, except?: LiveAttempt): void {
    for (const attempt of this.#attempts) if (attempt !== except) attempt.stop(stop)
    for (const child of this.#children) child.endAttempts(stop, except)
  }
}
