import { probe } from "../probe.ts"
import type { ProbeResult } from "../probe.ts"
import { shownMs } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { wrapped } from "../terminal/width.ts"
import { readConfig } from "./read-config.ts"
import type { ConfigChoice } from "./read-config.ts"

/** The options of `bellwether probe`. */
export interface ProbeChoices extends ConfigChoice {
  readonly model?: string
  readonly timeout: number
  readonly json?: true
}

/** Asks every endpoint with every key. @returns the exit code: 0 when all are up */
export async function probeCommand(
  choices: ProbeChoices,
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<number> {
  const { options } = await readConfig(choices)
  const question = { model: choices.model, timeoutMs: choices.timeout, signal: interrupt }
  const results = await probe(options, question, (answered, asked) =>
    terminal.progress(`${answered} of ${asked} have answered`),
  )
  terminal.progress("")
  if (interrupt.aborted) return 1
  terminal.print(
    choices.json ? JSON.stringify({ targets: results }, undefined, 2) : report(results, terminal),
  )
  return results.every(({ outcome }) => outcome === "up") ? 0 : 1
}

function report(results: readonly ProbeResult[], terminal: Terminal): string {
  const rows = results.map(({ target, outcome, latencyMs, reason }) => [
    target,
    terminal.as(outcome === "up" ? "good" : "bad", outcome),
    shownMs(latencyMs),
    reason ?? "",
  ])
  return [
    table([["target", "state", "latency", ""], ...rows], terminal.columns),
    ...(results.some(({ remedy }) => remedy !== null) ? ["", ...remedies(results, terminal)] : []),
  ].join("\n")
}

/** Each remedy once, with all whom it is for. */
function remedies(results: readonly ProbeResult[], terminal: Terminal): readonly string[] {
  const byRemedy = Map.groupBy(
    results.filter(({ remedy }) => remedy !== null),
    ({ remedy }) => remedy,
  )
  return [...byRemedy].map(([remedy, ill]) => {
    const names = ill.map(({ target }) => target).join(", ")
    return wrapped(`${terminal.as("strong", names)}: ${remedy}`, terminal.columns, 2)
  })
}
