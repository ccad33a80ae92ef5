import type { Inspection, Verdict } from "@bellwether/core"
import { coloured } from "./columns.ts"

/** A line per target, no wider than the terminal: its state and the reason. */
export function targetLines({ targets, nowMs }: Inspection, width: number): string[] {
  const idWidth = Math.max(...targets.map(({ id }) => id.length))
  const stateWidth = "● unavailable".length
  return targets.map(({ id, verdict }) => {
    const room = width - idWidth - stateWidth - 4
    const reason = verdict.status === "available" ? "" : shortened(inWords(verdict, nowMs), room)
    return `${id.padEnd(idWidth)}  ${mark(verdict, stateWidth)}  ${coloured("dim", reason)}`
  })
}

const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

/** A verdict in a sentence's end. */
export function inWords(verdict: Verdict, nowMs: number): string {
  if (verdict.status === "available") return "available"
  const untilMs = verdict.status === "unavailable" ? verdict.untilMs : undefined
  const back =
    untilMs === undefined ? "" : `, next try in ${Math.max(0, (untilMs - nowMs) / 1_000).toFixed(1)} s`
  return verdict.reason.replace(/\.$/, "") + back
}

const colours = { available: "green", degraded: "yellow", unavailable: "red" } as const

const mark = ({ status }: Verdict, width: number): string =>
  coloured(colours[status], `● ${status}`.padEnd(width))
