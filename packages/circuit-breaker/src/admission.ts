import { available } from "@bellwether/core"
import type { Admission } from "@bellwether/core"
import type { Company } from "./company.ts"
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
  isSole: Company["isSole"],
): Required<Pick<Admission, "peek" | "take">> {
  return {
    peek(target, model) {
      const refusal = orders.refusal(target, model)
      if (refusal !== undefined) return refusal
      const verdict = circuits.get(target.id)?.peek(model) ?? available
      return verdict.status !== "available" && isSole(model) ? softened(verdict) : verdict
    },
    take(attempt) {
      const { kind, model, target } = attempt
      const own = circuits.get(target.id)
      const refusal = orders.refusal(target, model)
      if (refusal !== undefined || own === undefined) return refusal
      const answer = own.take(attempt, kind === "panic")
      if (!("status" in answer) || !isSole(model)) return answer
      const tried = own.take(attempt, true)
      return "status" in tried ? own.pass(attempt) : tried
    },
  }
}
