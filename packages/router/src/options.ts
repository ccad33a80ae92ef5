import { callable, checkOptions, either, milliseconds, oneOf } from "@bellwether/core"
import type { OnUnavailable } from "./next-step.ts"
import { strategies } from "./strategies/by-name.ts"
import type { StrategyFactory } from "./strategy.ts"

/** Where `router` sends calls. Every option may be left out. */
export interface RouterOptions {
  /**
   * How a target is chosen among the healthy ones of a tier: by name, or a strategy of your own.
   * @default "p2c"
   */
  readonly strategy?: keyof typeof strategies | StrategyFactory
  /**
   * Milliseconds a target that has come back takes to get its whole share of the calls again, while others are there;
   * never longer than it was away. 0: it gets all at once.
   * @default 10_000
   */
  readonly rampMs?: number
  /**
   * What a call does when every target is unavailable: wait within its patience and then try the least bad one, try
   * that one at once, or fail.
   * @default "wait-then-panic"
   */
  readonly onUnavailable?: OnUnavailable
  /**
   * Milliseconds a call waits for a target to be available.
   * @default 3_000
   */
  readonly patienceMs?: number
  /**
   * The same for a call that has a single target.
   * @default 60_000
   */
  readonly soloPatienceMs?: number
}

/** The options with every default filled in, and the strategy by name looked up. */
export type Rules = Required<Omit<RouterOptions, "strategy">> & { readonly strategy: StrategyFactory }

/** Checks the options and fills in what was left out. */
export function readOptions(options: RouterOptions): Rules {
  checkOptions("router", options, {
    strategy: either({ text: oneOf(Object.keys(strategies)), function: callable }),
    rampMs: milliseconds,
    onUnavailable: oneOf(["wait-then-panic", "panic", "fail"]),
    patienceMs: milliseconds,
    soloPatienceMs: milliseconds,
  })
  const { strategy = "p2c" } = options
  return {
    rampMs: 10_000,
    onUnavailable: "wait-then-panic",
    patienceMs: 3_000,
    soloPatienceMs: 60_000,
    ...options,
    strategy: typeof strategy === "string" ? strategies[strategy] : strategy,
  }
}
