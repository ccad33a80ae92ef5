import { available } from "@bellwether/core"
import type { Admission } from "@bellwether/core"
import { softened } from "./sole-target.ts"
import type { StandingOrders } from "./standing-orders.ts"
import type { TargetCircuits } from "./target-circuits.ts"

/**
 * Who is let through: operators first, whatever kind of attempt it is; then what the circuits say.
 *
 * @param isSole whether there is nowhere else to go, so that the circuits only watch
 */
export function createAdmission(
  orders: StandingOrders,
  circuits: ReadonlyMap<string, TargetCircuits>,
  isSole: boolean,
): Required<Pick<Admission, "peek" | "take">> {
  return {
    peek(target, model) {
      const refusal = orders.refusal(target, model)
      if (refusal !== undefined) return refusal
      const verdict = circuits.get(target.id)?.peek(model) ?? available
      return isSole ? softened(verdict) : verdict
    },
    take(attempt) {
      const target = circuits.get(attempt.target.id)
      const refusal = orders.refusal(attempt.target, attempt.model)
      if (refusal !== undefined || target === undefined) return refusal
      const answer = target.take(attempt, isSole || attempt.kind === "panic")
      return isSole && "status" in answer ? target.pass(attempt) : answer
    },
  }
}
