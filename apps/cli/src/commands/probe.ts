import type { Terminal } from "../terminal/terminal.ts"
import { shownMs } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import { probe } from "../probe.ts"
import type { Finding } from "../probe.ts"
import { readConfig } from "./shared-options.ts"
import type { ConfigChoice } from "./shared-options.ts"

/** The options of `bellwether probe`. */
export interface ProbeChoices extends ConfigChoice {
  readonly model?: string
  readonly timeout: number
  readonly json?: true
}

const moods = { up: "good", down: "bad", timeout: "bad" } as const

/** Asks every endpoint with every key. @returns the exit code: 0 when all are up */
export async function probeCommand(choices: ProbeChoices, terminal: Terminal): Promise<number> {
  const { options } = await readConfig(choices)
  const question = { model: choices.model, timeoutMs: choices.timeout, fetch: options.fetch }
  const findings = await probe(options.endpoints, question, (finding) => {
    if (choices.json === undefined) terminal.tell(terminal.as("quiet", `${name(finding)} ${finding.outcome}`))
  })
  if (choices.json) terminal.print(JSON.stringify({ targets: findings }, undefined, 2))
  else terminal.print(report(findings, terminal))
  return findings.every(({ outcome }) => outcome === "up") ? 0 : 1
}

const name = ({ endpoint, key }: Finding): string => `${endpoint}/${key}`

function report(findings: readonly Finding[], terminal: Terminal): string {
  const rows = findings.map((finding) => [
    name(finding),
    terminal.as(moods[finding.outcome], finding.outcome),
    shownMs(finding.latencyMs),
    finding.reason ?? "",
  ])
  const advice = findings
    .filter(({ remedy }) => remedy !== undefined)
    .map((finding) => `${terminal.as("strong", name(finding))}: ${finding.remedy}`)
  return [
    table([["target", "state", "latency", ""], ...rows]),
    ...(advice.length > 0 ? ["", ...advice] : []),
  ].join("\n")
}
