import type { Call, Services, Target } from "@bellwether/core"

/** In which order the targets of one tier are tried. */
export interface Strategy {
  /** The targets, best first. They are of one tier and equally healthy; at least two. */
  order(targets: readonly Target[], call: Call): readonly Target[]
  /** The call goes to this target now. */
  chose?(target: Target, call: Call): void
}

/** Makes a strategy for one pipeline; what it wants to know of targets, it listens for. */
export type StrategyFactory = (services: Services) => Strategy

/** The order in which the endpoints were configured. */
export const declared: StrategyFactory = () => ({ order: (targets) => targets })
