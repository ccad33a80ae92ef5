import type { Attempt } from "./attempt.ts"
import type { LiveBranch } from "./live-branch.ts"
import type { Branch, Context } from "./context.ts"
import type { Key } from "./key.ts"
import type { LiveCall } from "./live-call.ts"
import { superseded } from "./stop.ts"
import type { Target } from "./target.ts"

interface Values {
  readonly name: string
  readonly value: unknown
  readonly outer: Values | undefined
}

/** The model to ask for, and who serves it. */
export interface Asking {
  readonly model: string | undefined
  readonly candidates: readonly Target[]
}

/** A context is its call, its branch, its attempt, and a short list of values from the inside out. */
export class LiveContext implements Context {
  readonly call: LiveCall
  readonly branchOf: LiveBranch
  readonly #asking: Asking
  readonly attempt: Attempt | undefined
  readonly #values: Values | undefined

  constructor(call: LiveCall, branch: LiveBranch, asking: Asking, attempt?: Attempt, values?: Values) {
    this.call = call
    this.branchOf = branch
    this.#asking = asking
    this.attempt = attempt
    this.#values = values
  }

  get model(): string | undefined {
    return this.#asking.model
  }

  get candidates(): readonly Target[] {
    return this.#asking.candidates
  }

  get signal(): AbortSignal {
    return this.branchOf.signal
  }

  get<T>(key: Key<T>): T {
    for (let entry = this.#values; entry !== undefined; entry = entry.outer)
      if (entry.name === key.name) return entry.value as T
    return key.fallback
  }

  with<T>(key: Key<T>, value: T): LiveContext {
    const values = { name: key.name, value, outer: this.#values }
    return new LiveContext(this.call, this.branchOf, this.#asking, this.attempt, values)
  }

  withModel(model: string): LiveContext {
    return new LiveContext(this.call, this.branchOf, this.call.asking(model), this.attempt, this.#values)
  }

  branch(): Branch {
    const child = this.branchOf.fork()
    return {
      context: new LiveContext(this.call, child, this.#asking, this.attempt, this.#values),
      cancel: () => child.stop(superseded),
    }
  }

  bind(attempt: Attempt): LiveContext {
    return new LiveContext(this.call, this.branchOf, this.#asking, attempt, this.#values)
  }
}
