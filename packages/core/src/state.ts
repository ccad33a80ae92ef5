import type { Clock } from "./clock.ts"
import type { Endpoint } from "./endpoint.ts"
import { recentCalls } from "./recent-calls.ts"
import type { SecretKey } from "./secret-key.ts"
import { StateValue } from "./state-value.ts"
import type { Target } from "./target.ts"

/**
 * What pipelines have learnt: circuits, gates and parks, health, budgets, counts, recent calls. A pipeline that is given
 * the state of an earlier one goes on with all of it, also while the earlier one still has calls under way.
 *
 * @example
 * const next = createPipeline({ endpoints, use: [retry(), router()], state: current.state })
 */
export interface State {
  readonly [Symbol.toStringTag]: "State"
}

/** A state in which nothing is known yet. A pipeline that is given none makes its own. */
export const createState = (): State => new LearntState()

/** What tells whether a target is still the same: what was learnt at another address, or of another key, says nothing. */
interface Identity {
  readonly baseURL: string
  readonly key: SecretKey | undefined
}

/** A state, as a pipeline uses it. */
export class LearntState implements State {
  readonly [Symbol.toStringTag] = "State"
  readonly calls = recentCalls()
  readonly #values = new Map<string, StateValue<unknown>>()
  readonly #kept = new Map<string, unknown>()
  readonly #identities = new Map<string, Identity>()
  #clock: Clock | undefined

  /** The value of this name, whoever asked for it first. */
  value<T>(name: string, initial: T): StateValue<T> {
    return found(this.#values, name, () => new StateValue<unknown>(initial)) as StateValue<T>
  }

  /** What was made under this name, or is made now. */
  kept<T>(name: string, make: () => T): T {
    return found(this.#kept, name, make as () => unknown) as T
  }

  /** Whether the times in it are those of this clock. */
  isTimedBy(clock: Clock): boolean {
    return this.#clock === undefined || this.#clock === clock
  }

  /** The targets that an earlier pipeline knew under the same id, with another address or key. */
  renewed(endpoints: readonly Endpoint[]): readonly Target[] {
    return endpoints.flatMap((endpoint) =>
      endpoint.targets.filter((target) => {
        const known = this.#identities.get(target.id)
        return known !== undefined && !isSame(known, identityOf(target, endpoint))
      }),
    )
  }

  /** From now on these are what is known. */
  adopt(clock: Clock, endpoints: readonly Endpoint[]): void {
    this.#clock = clock
    for (const endpoint of endpoints)
      for (const target of endpoint.targets) this.#identities.set(target.id, identityOf(target, endpoint))
  }
}

/** Whether a value is what `createState` makes. */
export const isState = (value: unknown): value is LearntState => value instanceof LearntState

const identityOf = ({ key }: Target, { baseURL, keys }: Endpoint): Identity => ({
  baseURL,
  key: keys.get(key),
})

const isSame = (one: Identity, other: Identity): boolean =>
  one.baseURL === other.baseURL &&
  (one.key === undefined ? other.key === undefined : one.key.equals(other.key))

function found<T>(entries: Map<string, T>, name: string, make: () => T): T {
  const known = entries.get(name)
  if (known !== undefined || entries.has(name)) return known as T
  const made = make()
  entries.set(name, made)
  return made
}
