import { durationHint } from "@bellwether/core"
import type { Call, Hint } from "@bellwether/core"
import type { Limits } from "./limits.ts"

/** What a caller may set for a single call: `x-bellwether-idle-ms: 5000`. */
const hints: readonly (readonly [keyof Limits, Hint<number>])[] = [
  ["headersMs", durationHint("headers-ms")],
  ["firstContentMs", durationHint("first-content-ms")],
  ["idleMs", durationHint("idle-ms")],
  ["answerMs", durationHint("answer-ms")],
  ["totalMs", durationHint("total-ms")],
]

/** All hints on limits. */
export const limitHints: readonly Hint<number>[] = hints.map(([, hint]) => hint)

/** The usual limits, with those in their place that the caller has set. */
export function asHinted(usual: Limits, call: Call): Limits {
  let limits = usual
  for (const [name, hint] of hints) {
    const ms = call.hint(hint)
    if (ms !== undefined) limits = { ...limits, [name]: ms }
  }
  return limits
}
