import { decorrelatedJitter } from "@bellwether/backoff"
import type { Backoff } from "@bellwether/backoff"
import {
  callable,
  checkOptions,
  count,
  either,
  milliseconds,
  must,
  oneOf,
  shape,
  wholeNumber,
} from "@bellwether/core"

/** How large the retry budget of a target is (law 4). */
export interface BudgetOptions {
  /**
   * Tokens a target can save up; it begins with all of them. A repeat, a hedge or a panic try costs one.
   * @default 10
   */
  readonly capacity?: number
  /**
   * Tokens a call's first try on the target brings in: the share of extra load an outage sees.
   * @default 0.1
   */
  readonly perTry?: number
}

/** How `retry` treats failures. Every option may be left out. */
export interface RetryOptions {
  /**
   * How often one call may repeat on one target.
   * @default 2
   */
  readonly repeats?: number
  /**
   * The pause before a repeat when the provider named none.
   * @default decorrelatedJitter()
   */
  readonly backoff?: Backoff
  /**
   * The pause before a repeat on a target that limits the rate and named none.
   * @default decorrelatedJitter({ baseMs: 1_000, capMs: 30_000 })
   */
  readonly throttledBackoff?: Backoff
  /**
   * Milliseconds a call that has several targets waits for one of them to be ready again.
   * @default 3_000
   */
  readonly patienceMs?: number
  /**
   * The same for a call that has a single target.
   * @default 60_000
   */
  readonly soloPatienceMs?: number
  /**
   * What to do when a provider's content policy refuses a request: give its answer, or ask another endpoint.
   * @default "stop"
   */
  readonly contentPolicy?: "stop" | "move"
  /**
   * What repeats may cost; `false` for any number of them.
   * @default { capacity: 10, perTry: 0.1 }
   */
  readonly budget?: BudgetOptions | false
}

/** The options with every default filled in. */
export type Rules = Required<RetryOptions>

const positive = must("a number above 0", (value) => Number.isFinite(value) && Number(value) > 0)

/** Checks the options and fills in what was left out. */
export function readOptions(options: RetryOptions): Rules {
  checkOptions("retry", options, {
    repeats: wholeNumber,
    backoff: callable,
    throttledBackoff: callable,
    patienceMs: milliseconds,
    soloPatienceMs: milliseconds,
    contentPolicy: oneOf(["stop", "move"]),
    budget: either({
      object: shape<BudgetOptions>({ capacity: count, perTry: positive }),
      flag: must("an object or false", (value) => value === false),
    }),
  })
  return {
    repeats: 2,
    backoff: decorrelatedJitter(),
    throttledBackoff: decorrelatedJitter({ baseMs: 1_000, capMs: 30_000 }),
    patienceMs: 3_000,
    soloPatienceMs: 60_000,
    contentPolicy: "stop",
    budget: {},
    ...options,
  }
}
