import type { Call } from "./call.ts"
import type { Ending } from "./ending.ts"
import type { Failure } from "./failure.ts"
import type { Target } from "./target.ts"

/**
 * Why an attempt is made. `first`: the call's first try on this target (failover included); `repeat`: once
 * more on a target that failed in this call; `hedge`: beside one still in flight; `panic`: on a target known
 * to be unavailable, because all are; `resume`: to go on with a stream that was cut.
 */
export type AttemptKind = "first" | "repeat" | "hedge" | "panic" | "resume"

/**
 * What can be watched of an attempt. All are called synchronously; none can change it. One that comes late is
 * told at once of what has happened already.
 */
export interface AttemptObserver {
  /** The response's status and headers have arrived. */
  headers?(): void
  /** The first content of the answer has arrived. */
  content?(): void
  /** A parsed event or a piece of a plain body has arrived; comments and pings are none. */
  progress?(): void
  /** The response can no longer be replaced. */
  commit?(): void
  /** `true` when the caller waits for more of the body, `false` when it has what it asked for. */
  reading?(on: boolean): void
  /** The id of something the provider now keeps (a stored response, a file, a batch). */
  resource?(id: string): void
  /** The attempt is over. Called exactly once. */
  end?(ending: Ending): void
}

/** One exchange with one target. */
export interface Attempt {
  readonly id: string
  readonly call: Call
  readonly target: Target
  /** The model asked for: the caller's, unless a fallback put another in its place (not the endpoint's own name of it). */
  readonly model: string | undefined
  readonly kind: AttemptKind
  /** Place among the call's attempts, from 1. */
  readonly number: number
  /** Monotonic milliseconds. */
  readonly startedAtMs: number
  /** The HTTP status of the response; `undefined` until its headers have arrived. */
  readonly status: number | undefined
  readonly committed: boolean
  /** `undefined` until the attempt is over. */
  readonly ending: Ending | undefined
  observe(observer: AttemptObserver): void
  /** Ends the attempt now: before commit it can be replaced, after it the answer body errors. No-op once ended. */
  fail(failure: Failure): void
  /** Lets the attempt go on but makes its health outcome this failure, whatever the caller gets in the end. */
  blame(failure: Failure): void
  /** Whether the call could move elsewhere if this attempt failed now. Ask it when a limit fires, not before. */
  hasAlternative(): boolean
}
