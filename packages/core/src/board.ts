import type { Place } from "./admission.ts"
import type { Context } from "./context.ts"
import type { Target } from "./target.ts"
import type { Scope, Verdict } from "./verdict.ts"

/** One standing verdict: who says it, of what. */
export interface Statement {
  readonly source: string
  readonly scope: Scope
  readonly verdict: Verdict
}

/** The runtime state of every target: plugins publish verdicts, the router reads the combined one. */
export interface Board {
  /** Publishes what the plugin thinks of a scope; `available` takes its earlier verdict back. */
  say(scope: Scope, verdict: Verdict): void
  /** The worst of all standing verdicts and of what the admissions would answer now. */
  read(target: Target, model: string | undefined): Verdict
  /** A place in line for the target, from the first admission that has one to give. */
  line(target: Target, context: Context): Place | undefined
  /** Everything said at the moment, and what the admissions would answer, for people. */
  statements(): readonly Statement[]
  /** Resolves when something on the board may have changed; rejects with the signal's reason. */
  changed(signal?: AbortSignal): Promise<void>
  /** Wakes those who wait for a change; for admissions whose `peek` answers differently from now on. */
  touch(): void
}
