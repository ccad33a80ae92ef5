import type { Failed } from "@bellwether/core"
import type { Candidate } from "./rank.ts"

/**
 * The failure of a call that can go nowhere: every target with its reason, and when the first is back. Where all of them
 * limit the rate it is the 429 that SDKs know.
 */
export function noTarget(candidates: readonly Candidate[], nowMs: number): Failed {
  const reasons = candidates.flatMap(({ target, verdict }) =>
    verdict.status === "available" ? [] : [`${target.id} (${verdict.reason})`],
  )
  const soonestMs = Math.min(
    ...candidates.map(({ verdict }) =>
      verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : Infinity,
    ),
  )
  const retryAfterMs = Number.isFinite(soonestMs) ? Math.max(0, soonestMs - nowMs) : undefined
  const message =
    reasons.length === 0
      ? "No target is left for this call: every one it may use has been tried."
      : `No target takes this call now: ${reasons.join("; ")}.`
  const back = retryAfterMs === undefined ? "" : ` The first is back in ${Math.ceil(retryAfterMs / 1000)} s.`
  return {
    ok: false,
    failure: {
      ...(reasons.length > 0 && candidates.every(isThrottled) ? throttled : refused),
      message: message + back,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  }
}

const refused = { class: "call-refused", code: "no-target" } as const
const throttled = { class: "rate-limited", code: "rate-limited" } as const

const isThrottled = ({ verdict }: Candidate): boolean =>
  verdict.status === "unavailable" && verdict.throttled === true
