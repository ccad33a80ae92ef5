import { serving } from "@bellwether/core"
import type { Target } from "@bellwether/core"

/** Where else calls for a model could go. */
export interface Company {
  /** Whether one target serves the model, and there is nowhere else to go. */
  isSole(model: string | undefined): boolean
  /** Whether others serve the model, and none of them is in use at the moment. */
  isLast(target: Target, model: string | undefined): boolean
}

/**
 * @param isUsed whether a target's circuit for a model is closed
 * @param hasStandIn whether another model may be asked for in place of one
 */
export function createCompany(
  targets: readonly Target[],
  isUsed: (target: Target, model: string | undefined) => boolean,
  hasStandIn: (model: string | undefined) => boolean,
): Company {
  return {
    isSole: (model) => serving(targets, model).length === 1 && !hasStandIn(model),
    isLast(target, model) {
      const others = serving(targets, model).filter(({ id }) => id !== target.id)
      return others.length > 0 && !hasStandIn(model) && others.every((other) => !isUsed(other, model))
    },
  }
}
