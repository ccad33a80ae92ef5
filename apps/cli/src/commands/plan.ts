import type { EndpointOptions } from "@bellwether/core"
import type { Finding } from "../plan/finding.ts"
import { planOf } from "../plan/plan.ts"
import type { Plan } from "../plan/plan.ts"
import type { Outcome } from "../plan/play.ts"
import { counted, shownMs, shownUsd } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { wrapped } from "../terminal/width.ts"
import { readConfig } from "./read-config.ts"
import type { ConfigChoice } from "./read-config.ts"

/** The options of `bellwether plan`. */
export interface PlanChoices extends ConfigChoice {
  readonly model?: string
  readonly input: number
  readonly output: number
  readonly callsPerMinute?: number
  readonly json?: true
}

/** Shows the worst that the config can do to a call. @returns the exit code: 0 when nothing was found */
export async function planCommand(choices: PlanChoices, terminal: Terminal): Promise<number> {
  const config = await readConfig(choices)
  const { model = modelOf(config.options.endpoints), input, output, callsPerMinute } = choices
  const plan = await planOf(config, { model, inputTokens: input, outputTokens: output }, callsPerMinute)
  terminal.print(choices.json ? JSON.stringify(plan, undefined, 2) : report(plan, config.file, terminal))
  return plan.findings.length === 0 && plan.refusal === null ? 0 : 1
}

/** The first model that is named in full, or one that most providers have. */
const modelOf = (endpoints: readonly EndpointOptions[]): string =>
  endpoints
    .flatMap(({ serves = [], models = {} }) => [...serves, ...Object.keys(models)])
    .find((name) => !name.endsWith("*")) ?? "gpt-4o"

function report(plan: Plan, file: string, terminal: Terminal): string {
  const { question, mostAttempts, longestMs, outcomes, refusal, unplayed, findings } = plan
  const told = (text: string): string => wrapped(text, terminal.columns)
  const call = `${question.model} (${question.inputTokens} tokens in, ${question.outputTokens} out)`
  return [
    terminal.as("strong", file),
    told(
      `A call takes at most ${counted(mostAttempts, "attempt")}, and commits or fails within ${shownMs(longestMs)}.`,
    ),
    "",
    ...(refusal === null
      ? [
          told(
            `One call of ${call}, when everything fails alike; "costs" is what it comes to if every attempt is paid for:`,
          ),
          "",
          table([["if", "attempts", "takes", "costs", "ends as"], ...outcomes.map(row)], terminal.columns),
        ]
      : [told(terminal.as("bad", `No call of ${call} is ever made. ${refusal}`))]),
    ...(unplayed.length === 0
      ? []
      : ["", told(`Played without the plugins in \`use\`, which may do more: ${unplayed.join(", ")}.`)]),
    "",
    ...(findings.length === 0
      ? ["Every option does what it says."]
      : findings.map((finding) => shown(finding, terminal))),
  ].join("\n")
}

const row = ({ scenario, attempts, tookMs, dearestUsd, ending }: Outcome): readonly string[] => [
  scenario,
  String(attempts),
  tookMs === null ? "never" : shownMs(tookMs),
  dearestUsd === null ? "–" : shownUsd(dearestUsd),
  ending,
]

const shown = ({ path, sentence }: Finding, terminal: Terminal): string =>
  wrapped(`${terminal.as("fair", path)} ${sentence}`, terminal.columns, 2)
