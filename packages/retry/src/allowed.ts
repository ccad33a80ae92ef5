import { classifyThrown, failureTable } from "@bellwether/wire"
import type { Failure, Target } from "@bellwether/core"
import type { Rules } from "./options.ts"
import type { Try } from "./situation.ts"

/** Whether the failure table lets a call that failed so go on at this other target. */
export function mayMove(
  { target, failure }: Try,
  to: Target,
  contentPolicy: Rules["contentPolicy"],
): boolean {
  const row = failureTable[failure.class]
  if (to.endpoint === target.endpoint) return row.otherKey
  switch (row.otherEndpoint) {
    case "yes":
      return true
    case "no":
      return false
    case "opt-in":
      return contentPolicy === "move"
    case "larger-context":
      return (to.contextTokens ?? 0) > (target.contextTokens ?? 0)
  }
}

/**
 * Whether the failure table lets a call try the same target again.
 *
 * @param repeats how often it has done so already
 * @param sole whether the call has no other candidate. It then gets what the SDK itself would repeat: whatever
 *   failed without a status, DNS and TLS included (law 11)
 */
export function mayRepeat(failure: Failure, repeats: number, sole: boolean): boolean {
  const row = failureTable[failure.class]
  if (sole && row.health === "counts" && failure.status === undefined) return true
  if (failure.sameTarget !== undefined) return failure.sameTarget
  return row.sameTarget === "once" ? repeats === 0 : row.sameTarget !== "no"
}

/** Codes of transports whose request never left: nobody was reached. */
const neverSent =
  /^(?:ECONNREFUSED|ConnectionRefused|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|UND_ERR_CONNECT_TIMEOUT)$/

/** Whether the provider may have done what it was asked although the attempt failed. */
export function isAmbiguous({ class: failureClass, sameTarget, cause }: Failure): boolean {
  if (failureClass !== "unreachable") return failureTable[failureClass].health === "counts"
  // A failure of DNS or TLS is marked as one that the same target will give again.
  return sameTarget !== false && !neverSent.test(classifyThrown(cause).error.code ?? "")
}
