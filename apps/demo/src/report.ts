import { coloured, columns, shownMs } from "./columns.ts"
import { phases } from "./scenario.ts"
import type { Ledger, Tally } from "./tally.ts"

const measures = ["answered", "lost", "p50", "p95"]
const between = "│"

/** The table per phase: with Bellwether on the left, the bare SDK on the right. */
export function report(wrapped: Ledger, bare: Ledger): string {
  const row = (name: string, left: Tally, right: Tally): string[] => [
    name,
    String(left.calls),
    ...shown(left),
    between,
    ...shown(right),
  ]
  const rows = phases.map(({ name }, phase) => row(name, wrapped.of(phase), bare.of(phase)))
  const [head = "", ...body] = columns([
    ["the primary is", "calls", ...measures, between, ...measures],
    ...rows,
    row("in all", wrapped.total(), bare.total()),
  ])
  const left = `${" ".repeat(head.indexOf("answered"))}with Bellwether`
  const title = `${left.padEnd(head.indexOf(between) + 3)}the bare SDK, same load`
  return [coloured("dim", title), coloured("bold", head), ...body, "", ...losses(bare.total())].join("\n")
}

const shown = ({ answered, lost, p50Ms, p95Ms }: Tally): string[] => [
  String(answered),
  lost === 0 ? "0" : coloured("red", String(lost)),
  shownMs(p50Ms),
  shownMs(p95Ms),
]

function losses({ errors }: Tally): string[] {
  const told = Object.entries(errors).toSorted(([, a], [, b]) => b - a)
  if (told.length === 0) return []
  return [`The bare SDK's callers saw: ${told.map(([name, times]) => `${times} × ${name}`).join(", ")}.`]
}
