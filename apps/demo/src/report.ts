import { coloured, columns, shownMs } from "./columns.ts"
import { phases } from "./scenario.ts"
import type { Ledger, Tally } from "./tally.ts"

/** The table per phase: with Bellwether on the left, the bare SDK on the right. */
export function report(wrapped: Ledger, bare: Ledger): string {
  const withBellwether = wrapped.byPhase()
  const without = bare.byPhase()
  const row = (name: string, left: Tally, right: Tally): string[] => [
    name,
    String(left.calls),
    String(left.answered),
    lost(left),
    shownMs(left.p50Ms),
    shownMs(left.p95Ms),
    "│",
    String(right.answered),
    lost(right),
    shownMs(right.p50Ms),
    shownMs(right.p95Ms),
  ]
  const head = [
    "the primary is",
    "calls",
    "answered",
    "lost",
    "p50",
    "p95",
    "│",
    "answered",
    "lost",
    "p50",
    "p95",
  ]
  const rows = phases.map(({ name }, index) => row(name, withBellwether[index]!, without[index]!))
  const lines = columns([head, ...rows, row("in all", wrapped.total(), bare.total())])
  const over = `${" ".repeat(lines[0]!.indexOf("calls"))}with Bellwether`
  const title = over.padEnd(lines[0]!.indexOf("│") + 3) + "the bare SDK, same load"
  return [
    coloured("dim", title),
    coloured("bold", lines[0]!),
    ...lines.slice(1),
    "",
    ...losses(bare.total()),
  ].join("\n")
}

const lost = ({ lost: number }: Tally): string => (number === 0 ? "0" : coloured("red", String(number)))

function losses({ errors }: Tally): string[] {
  const told = Object.entries(errors).toSorted(([, a], [, b]) => b - a)
  if (told.length === 0) return []
  return [`The bare SDK's callers saw: ${told.map(([name, times]) => `${times} × ${name}`).join(", ")}.`]
}
