import type { Context, Target } from "@bellwether/core"
import { recent } from "../recent.ts"
import type { StrategyFactory } from "../strategy.ts"
import { kindOf, mostKinds } from "./kind.ts"

const rotationOf = ({ call, model }: Context, { tier }: Target): string => `${tier} ${kindOf(call, model)}`

/** Each in its turn, for every kind of question on its own. */
export const roundRobin: StrategyFactory = ({ kept, targets: all }) => {
  const places = new Map(all.map(({ id }, place) => [id, place]))
  const placeOf = ({ id }: Target): number => places.get(id) ?? 0
  /** The place of the target that was chosen last, by rotation. */
  const last = kept("turns", () => recent<number>(mostKinds))

  return {
    reason: "its turn",
    pick(targets, context) {
      const [first] = targets
      const from = last.get(rotationOf(context, first)) ?? -1
      // By declared place and not by count: who is away for a while neither gains nor costs others a turn.
      return targets.find((target) => placeOf(target) > from) ?? first
    },
    chose: (target, context) => last.set(rotationOf(context, target), placeOf(target)),
  }
}
