import type { Verdict } from "@bellwether/core"
import { unplain } from "./plain-data.ts"
import { isReadable } from "./wording.ts"

/** Monotonic times of a pipeline under test are hours; times of the wall are decades. */
const longestMs = 366 * 86_400_000

/** What is wrong with a verdict, as sentences without their full stop. */
export const verdictFaults = (answer: unknown): readonly string[] => {
  const fault = unplain(answer, "the verdict")
  if (fault !== undefined) return [fault]
  const verdict = answer as Verdict
  if (verdict.status === "available") return []
  if (verdict.status !== "degraded" && verdict.status !== "unavailable")
    return [`"${String((verdict as { status: unknown }).status)}" is no status of a verdict`]
  const untilMs = verdict.status === "unavailable" ? verdict.untilMs : undefined
  return [
    ...(typeof verdict.reason === "string" && isReadable(verdict.reason)
      ? []
      : [`nobody can read the reason ${JSON.stringify(verdict.reason)}`]),
    ...(untilMs !== undefined && untilMs > longestMs
      ? [`untilMs (${untilMs}) is no time of clock.now(): it looks like one of clock.date()`]
      : []),
  ]
}
