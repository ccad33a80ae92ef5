import type { Admission, Services, Verdict } from "@bellwether/core"

// A sole target is watched but never refused: there is nowhere else to go, so that refusing could only lose calls, and
// the retry budget bounds what it is sent (laws 4 and 11).

const softened = (verdict: Verdict): Verdict =>
  verdict.status === "unavailable" ? { status: "degraded", reason: verdict.reason } : verdict

/** Services through which nothing worse is said than that a target is degraded. */
export function saying({ board, ...services }: Services): Services {
  return { ...services, board: { ...board, say: (scope, verdict) => board.say(scope, softened(verdict)) } }
}

/** An admission that learns as it would, and lets everybody through. */
export function neverRefusing({ peek, take }: Required<Admission>): Admission {
  return {
    peek: (target, model) => softened(peek(target, model)),
    take(attempt) {
      const answer = take(attempt)
      return answer !== undefined && "status" in answer ? undefined : answer
    },
  }
}
