import type { LiveAttempt } from "./live-attempt.ts"
import type { Stop } from "./stop.ts"

/**
 * A part of a call that can be ended as a whole: its attempts, its waits, and the branches below. What most calls
 * never need (a signal to wait with, children) is made when asked for.
 */
export class LiveBranch {
  readonly #attempts: LiveAttempt[] = []
  #controller: AbortController | undefined
  #children: LiveBranch[] | undefined
  #stop: Stop | undefined

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#stop !== undefined) this.#controller.abort(this.#stop.reason)
    }
    return this.#controller.signal
  }

  /** Why the branch was ended; `undefined` while it lives. */
  get stopped(): Stop | undefined {
    return this.#stop
  }

  fork(): LiveBranch {
    const child = new LiveBranch()
    if (this.#stop !== undefined) child.stop(this.#stop)
    this.#children = [...(this.#children ?? []), child]
    return child
  }

  add(attempt: LiveAttempt): void {
    this.#attempts.push(attempt)
    if (this.#stop !== undefined) attempt.stop(this.#stop)
  }

  /** Ends everything in it, at once. */
  stop(stop: Stop): void {
    if (this.#stop !== undefined) return
    this.#stop = stop
    this.#endOwnAttempts(stop)
    this.#controller?.abort(stop.reason)
    for (const child of this.#children ?? []) child.stop(stop)
  }

  /** Ends the attempts still going on, but for one. */
  endAttempts(stop: Stop, except?: LiveAttempt): void {
    this.#endOwnAttempts(stop, except)
    for (const child of this.#children ?? []) child.endAttempts(stop, except)
  }

  #endOwnAttempts(stop: Stop, except?: LiveAttempt): void {
    for (const attempt of this.#attempts) if (attempt !== except) attempt.stop(stop)
  }
}
