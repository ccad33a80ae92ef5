import { PipelineError } from "@bellwether/core"
import type { Scope } from "@bellwether/core"
import { nameOf } from "./scopes.ts"

/** What a drain looks at. */
export interface Draining {
  /**
   * Calls each time an attempt is over or something is taken back into use, in any pipeline of the state.
   *
   * @returns ends that
   */
  onChange(look: () => void): () => void
  /** Whether the scope is still kept out of use. */
  isHeld(): boolean
  /** Attempts on the scope that are not over. */
  inFlight(): number
}

/**
 * Waits until nothing is in flight on a scope that takes no new attempts.
 *
 * @throws PipelineError `drain-undone` when it takes attempts again before
 * @throws `signal.reason` when `signal` aborts
 */
export async function drained(scope: Scope, draining: Draining, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = (): void => {
    if (draining.inFlight() === 0) resolve()
    else if (!draining.isHeld())
      reject(
        new PipelineError("drain-undone", `${nameOf(scope)} was taken back into use before it was drained.`),
      )
  }
  const quit = (): void => reject(signal?.reason)
  const off = draining.onChange(look)
  signal?.addEventListener("abort", quit, { once: true })
  look()
  try {
    await promise
  } finally {
    off()
    signal?.removeEventListener("abort", quit)
  }
}
