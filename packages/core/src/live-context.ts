import type { Attempt } from "./attempt.ts"
import type { LiveBranch } from "./live-branch.ts"
import type { Call } from "./call.ts"
import type { Branch, Context } from "./context.ts"
import type { Key } from "./key.ts"
import { superseded } from "./stop.ts"

interface Values {
  readonly name: string
  readonly value: unknown
  readonly outer: Values | undefined
}

/** A context is its call, its branch, its attempt, and a short list of values from the inside out. */
export class LiveContext implements Context {
  readonly call: Call
  readonly branchOf: LiveBranch
  readonly attempt: Attempt | undefined
  readonly #values: Values | undefined

  constructor(call: Call, branch: LiveBranch, attempt?: Attempt, values?: Values) {
    this.call = call
    this.branchOf = branch
    this.attempt = attempt
    this.#values = values
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
    return new LiveContext(this.call, this.branchOf, this.attempt, values)
  }

  branch(): Branch {
    const child = this.branchOf.fork()
    return {
      context: new LiveContext(this.call, child, this.attempt, this.#values),
      cancel: () => child.stop(superseded),
    }
  }

  bind(attempt: Attempt): LiveContext {
    return new LiveContext(this.call, this.branchOf, attempt, this.#values)
  }
}
