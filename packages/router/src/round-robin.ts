import type { Call, Target } from "@bellwether/core"
import { recent } from "./recent.ts"
import type { StrategyFactory } from "./strategy.ts"

/** So many rotations are kept at once; callers may name any model. */
const mostRotations = 1_000

const rotationOf = ({ operation, model }: Call, { tier }: Target): string =>
  JSON.stringify([operation.name, model ?? null, tier])

/** Each in its turn, for every operation and model on its own. */
export const roundRobin: StrategyFactory = ({ targets: all }) => {
  const places = new Map(all.map(({ id }, place) => [id, place]))
  const placeOf = ({ id }: Target): number => places.get(id) ?? 0
  /** The place of the target that was chosen last, by rotation. */
  const last = recent<number>(mostRotations)

  return {
    order(targets, call) {
      const [first] = targets
      const from = first === undefined ? undefined : last.get(rotationOf(call, first))
      if (from === undefined) return targets
      // By declared place and not by count: who is away for a while neither gains nor costs others a turn.
      const turn = targets.findIndex((target) => placeOf(target) > from)
      return turn <= 0 ? targets : [...targets.slice(turn), ...targets.slice(0, turn)]
    },
    chose: (target, call) => last.set(rotationOf(call, target), placeOf(target)),
  }
}
