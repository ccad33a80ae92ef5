import type { StrategyFactory } from "../strategy.ts"
import { weightedPick } from "./weighted-pick.ts"

/**
 * Any, as often as its weight says. Drawn and not dealt in turns: nothing has to be remembered, who was away gains no
 * turns, and many processes do not march in step.
 */
export const weighted: StrategyFactory = ({ random }) => ({
  reason: "drawn by weight",
  pick: (targets) => weightedPick(targets, random),
})
