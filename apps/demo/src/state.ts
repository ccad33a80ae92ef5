import type { Inspection, Verdict } from "@bellwether/core"
import { coloured, columns } from "./columns.ts"

/** A line per target: its state and the reason. */
export function targetLines({ targets, nowMs }: Inspection): string[] {
  const states = columns(targets.map(({ id, verdict }) => [id, mark(verdict)]))
  const reasons = targets.map(({ verdict }) =>
    verdict.status === "available" ? "" : `  ${coloured("dim", inWords(verdict, nowMs))}`,
  )
  return states.map((state, index) => state + reasons[index])
}

/** A verdict in a sentence's end. */
export function inWords(verdict: Verdict, nowMs: number): string {
  if (verdict.status === "available") return "available"
  const untilMs = verdict.status === "unavailable" ? verdict.untilMs : undefined
  const back =
    untilMs === undefined ? "" : `, next try in ${Math.max(0, (untilMs - nowMs) / 1_000).toFixed(1)} s`
  return verdict.reason.replace(/\.$/, "") + back
}

function mark({ status }: Verdict): string {
  if (status === "available") return coloured("green", "● available")
  if (status === "degraded") return coloured("yellow", "● degraded")
  return coloured("red", "● unavailable")
}
