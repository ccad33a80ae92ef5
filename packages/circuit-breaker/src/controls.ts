import {
  AttemptEnded,
  checkOptions,
  must,
  oneOf,
  PipelineError,
  positiveMilliseconds,
  required,
  text,
} from "@bellwether/core"
import type { Scope, Services, Target } from "@bellwether/core"
import { CircuitReleased } from "./circuit-events.ts"
import { drained } from "./drained.ts"
import { isSame, nameOf, targetsIn } from "./scopes.ts"
import type { StandingOrders } from "./standing-orders.ts"
import type { TargetCircuits } from "./target-circuits.ts"

/** How a scope is forced open. */
export interface ForceOpenOptions {
  /**
   * Why, for whoever reads boards and trails.
   * @default "no reason given"
   */
  readonly reason?: string
  /** Milliseconds after which its circuits stand as they would without. Left out: until `forceClose`. */
  readonly forMs?: number
}

/** How a scope is drained. */
export interface DrainOptions {
  /**
   * Why, for whoever reads boards and trails.
   * @default "draining"
   */
  readonly reason?: string
  /** Ends the waiting; the scope stays out of use. */
  readonly signal?: AbortSignal
}

/** What an operator can do by hand. All of it holds for the whole fleet, models nobody has asked for yet included. */
export interface CircuitControls {
  /**
   * Takes a scope out of use: no new attempts, no probes, no panic tries, also where there is nowhere else to go.
   * What is under way goes on to its end.
   *
   * @throws PipelineError `invalid-options` for endpoints and keys that do not exist; `plugin-unused`
   */
  forceOpen(scope: Scope, options?: ForceOpenOptions): void
  /**
   * Takes a scope back into use: ends what `forceOpen` and `drain` did to it or to parts of it, closes its circuits
   * and forgets all that was counted. Results of attempts from before change nothing.
   *
   * @throws PipelineError `scope-held` when it is forced open as a part of a wider scope; `invalid-options`;
   *   `plugin-unused`
   */
  forceClose(scope: Scope): void
  /**
   * Takes a scope out of use like `forceOpen`, and waits until nothing of this process is in flight on it.
   *
   * @throws PipelineError `drain-undone` when it is taken back into use before; `invalid-options`; `plugin-unused`
   * @throws `signal.reason` when `signal` aborts
   */
  drain(scope: Scope, options?: DrainOptions): Promise<void>
}

/** The controls of the circuits of a pipeline. */
export function createControls(
  { clock, kept, on, targets }: Services,
  orders: StandingOrders,
  circuits: ReadonlyMap<string, TargetCircuits>,
): CircuitControls {
  const circuitsOf = (scope: Scope): readonly TargetCircuits[] =>
    targetsIn(scope, targets).flatMap(({ id }) => circuits.get(id) ?? [])

  // Of those who drain in one pipeline, the attempts of another are waited for too.
  const looks = kept("drains", () => new Set<() => void>())
  const lookAll = (): void => {
    for (const look of looks) look()
  }
  const onChange = (look: () => void) => {
    looks.add(look)
    return () => void looks.delete(look)
  }
  on(AttemptEnded, lookAll)
  on(CircuitReleased, lookAll)

  return {
    forceOpen(given, options) {
      const scope = scopeOf("forceOpen", given, targets)
      checkOptions<ForceOpenOptions>("forceOpen", options, { reason: text, forMs: positiveMilliseconds })
      const { reason = "no reason given", forMs } = options ?? {}
      orders.hold(scope, reason, forMs === undefined ? undefined : clock.date() + forMs)
    },
    forceClose(given) {
      const scope = scopeOf("forceClose", given, targets)
      const wider = orders.heldAround(scope).find((held) => !isSame(held, scope))
      if (wider !== undefined)
        throw new PipelineError(
          "scope-held",
          `${nameOf(scope)} is forced open with all of ${nameOf(wider)}: force that closed.`,
        )
      orders.close(scope, Math.max(...circuitsOf(scope).map(({ latestGeneration }) => latestGeneration)))
    },
    async drain(given, options) {
      const scope = scopeOf("drain", given, targets)
      checkOptions<DrainOptions>("drain", options, { reason: text, signal: abortSignal })
      const { reason = "draining", signal } = options ?? {}
      signal?.throwIfAborted()
      orders.hold(scope, reason, undefined)
      const inFlight = () => circuitsOf(scope).reduce((sum, of) => sum + of.inFlight(scope.model), 0)
      await drained(scope, { onChange, isHeld: () => orders.heldAround(scope).length > 0, inFlight }, signal)
    },
  }
}

const abortSignal = must("an AbortSignal", (value) => value instanceof AbortSignal)

/** The scope that was given, if there is such a one here. */
function scopeOf(path: string, given: Scope, targets: readonly Target[]): Scope {
  const endpoints = [...new Set(targets.map(({ endpoint }) => endpoint))]
  const keys = targets.filter(({ endpoint }) => endpoint === given?.endpoint).map(({ key }) => key)
  checkOptions<Scope>(path, given, {
    endpoint: required(oneOf(endpoints)),
    key: keys.length === 0 ? text : oneOf(keys),
    model: text,
  })
  const { endpoint, key, model } = given
  return { endpoint, ...(key !== undefined && { key }), ...(model !== undefined && { model }) }
}
