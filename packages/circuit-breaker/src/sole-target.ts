import type { Scope, Services, Verdict } from "@bellwether/core"

// A sole target is watched but never refused by its circuits: there is nowhere else to go, so that refusing could only
// lose calls, and the retry budget bounds what it is sent (laws 4 and 11).

/** A verdict of which nothing worse is left than that a target is degraded. */
export const softened = (verdict: Verdict): Verdict =>
  verdict.status === "unavailable" ? { status: "degraded", reason: verdict.reason } : verdict

/** Services through which nothing worse is said of a sole target. */
export function saying({ board, ...services }: Services, isSole: (scope: Scope) => boolean): Services {
  return {
    ...services,
    board: {
      ...board,
      say: (scope, verdict) => board.say(scope, isSole(scope) ? softened(verdict) : verdict),
    },
  }
}
