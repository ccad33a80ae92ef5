import { callable, checkOptions, either, milliseconds, oneOf } from "@bellwether/core"
import type { OnUnavailable } from "./next-step.ts"
import { roundRobin } from "./round-robin.ts"
import { declared } from "./strategy.ts"
import type { StrategyFactory } from "./strategy.ts"

/** The strategies that come with the router, by name. */
export const strategies = { declared, "round-robin": roundRobin } as const satisfies Record<
  string,
  StrategyFactory
>

/** Where `router` sends calls. Every option may be left out. */
export interface RouterOptions {
  /**
   * How a target is chosen among the healthy ones of a tier: by name, or a strategy of your own.
   * @default "declared"
   */
  readonly strategy?: keyof typeof strategies | StrategyFactory
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
    onUnavailable: oneOf(["wait-then-panic", "panic", "fail"]),
    patienceMs: milliseconds,
    soloPatienceMs: milliseconds,
  })
  const { strategy = "declared" } = options
  return {
    onUnavailable: "wait-then-panic",
    patienceMs: 3_000,
    soloPatienceMs: 60_000,
    ...options,
    strategy: typeof strategy === "string" ? strategies[strategy] : strategy,
  }
}
