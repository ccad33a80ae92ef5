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
  /** The model to ask for: the caller's, unless another was put in its place. */
  readonly model: string | undefined
  /** The targets that serve that model, in declared order; fixed for the whole life of the call. */
  readonly candidates: readonly Target[]
  /** Set inside dispatch. */
  readonly attempt: Attempt | undefined
  /** Aborted when the caller gives up, the deadline passes, the pipeline closes, or the branch is cancelled. */
  readonly signal: AbortSignal
  get<T>(key: Key<T>): T
  with<T>(key: Key<T>, value: T): Context
  /** Asks for another model than the caller did, of the targets that serve it. */
  withModel(model: string): Context
  branch(): Branch
}

/** A target, what kind of attempt is made on it, and in a few words why it was chosen. */
export interface Chosen {
  readonly target: Target
  readonly kind: AttemptKind
  readonly reason?: string
}

/** From the router to dispatch: the target to use. Unset: dispatch takes the declared order. */
export const Choice: Key<Chosen | undefined> = defineKey<Chosen | undefined>("choice", undefined)

/** From retry, hedge and resume to the router: ids of targets not to be chosen. */
export const Excluded: Key<ReadonlySet<string>> = defineKey<ReadonlySet<string>>("excluded", new Set())

/** From retry, hedge and resume to the router: what kind of attempt is wanted. */
export const Purpose: Key<AttemptKind> = defineKey<AttemptKind>("purpose", "first")

/**
 * From whoever has another plan (a hedge, a fallback to another model) to the router: a call that finds no target
 * available is told so at once, without waiting and without panic.
 */
export const Impatient: Key<boolean> = defineKey<boolean>("impatient", false)

/**
 * From whoever moves a call on (retry) to the attempts inside: whether an attempt that fails now could be
 * replaced. Nobody moves a call on by default, so nothing may be cut early.
 */
export const Alternative: Key<(attempt: Attempt) => boolean> = defineKey<(attempt: Attempt) => boolean>(
  "alternative",
  () => false,
)
