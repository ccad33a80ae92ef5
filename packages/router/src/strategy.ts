import type { CallRequest, Context, Services, Target } from "@bellwether/core"

/** Targets among which a strategy chooses: of one tier, equally healthy, and never none. */
export type Equals = readonly [Target, ...Target[]]

/** How a target is chosen among equals. Asked only when there are at least two. */
export interface Strategy {
  /**
   * Why its choices are what they are, in a few words, for the trail of the call.
   * @default "chosen by the strategy"
   */
  readonly reason?: string
  /** One of these. Where the call goes in the end, `chose` tells. */
  pick(targets: Equals, context: Context, request: CallRequest): Target
  /** The call goes to this target now, chosen among others or not. */
  chose?(target: Target, context: Context): void
}

/**
 * Makes a strategy for one pipeline; what it wants to know of targets, it listens for. Not called where every target
 * has a tier of its own: there is nothing to choose.
 */
export type StrategyFactory = (services: Services) => Strategy
