import { AttemptEnded, PipelineError } from "@bellwether/core"
import type { Scope, Services } from "@bellwether/core"
import { CircuitReleased } from "./circuit-events.ts"
import { nameOf } from "./scopes.ts"

/** What a drain looks at. */
export interface Draining {
  readonly on: Services["on"]
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
  const listening = [draining.on(AttemptEnded, look), draining.on(CircuitReleased, look)]
  signal?.addEventListener("abort", quit, { once: true })
  look()
  try {
    await promise
  } finally {
    for (const off of listening) off()
    signal?.removeEventListener("abort", quit)
  }
}
