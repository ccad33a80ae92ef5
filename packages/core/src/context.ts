import type { Attempt, AttemptKind } from "./attempt.ts"
import type { Call } from "./call.ts"
import { defineKey } from "./key.ts"
import type { Key } from "./key.ts"
import type { Target } from "./target.ts"

/** A child of a context with its own cancellation. */
export interface Branch {
  readonly context: Context
  /** Ends what happens in the branch; its attempts end as `superseded`. */
  cancel(failure: "superseded"): void
}

/** What travels inwards with a call. Immutable: `with` gives the layers inside a child. */
export interface Context {
  readonly call: Call
  /** Set inside dispatch. */
  readonly attempt: Attempt | undefined
  /** Aborted when the caller gives up, the deadline passes, the pipeline closes, or the branch is cancelled. */
  readonly signal: AbortSignal
  get<T>(key: Key<T>): T
  with<T>(key: Key<T>, value: T): Context
  branch(): Branch
}

/** From the router to dispatch: the target to use and why. Unset: dispatch takes the declared order. */
export const Choice: Key<{ readonly target: Target; readonly kind: AttemptKind } | undefined> = defineKey<
  { readonly target: Target; readonly kind: AttemptKind } | undefined
>("choice", undefined)

/** From retry, hedge and resume to the router: ids of targets not to be chosen. */
export const Excluded: Key<ReadonlySet<string>> = defineKey<ReadonlySet<string>>("excluded", new Set())

/** From retry, hedge and resume to the router: what kind of attempt is wanted. */
export const Purpose: Key<AttemptKind> = defineKey<AttemptKind>("purpose", "first")

/**
 * From whoever moves a call on (retry) to the attempts inside: whether an attempt that fails now could be
 * replaced. Nobody moves a call on by default, so nothing may be cut early.
 */
export const Alternative: Key<(attempt: Attempt) => boolean> = defineKey<(attempt: Attempt) => boolean>(
  "alternative",
  () => false,
)
