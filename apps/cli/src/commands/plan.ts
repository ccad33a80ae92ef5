import { planOf } from "../plan/plan.ts"
import type { Plan } from "../plan/plan.ts"
import { shownMs, shownUsd } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { readConfig } from "./shared-options.ts"
import type { ConfigChoice } from "./shared-options.ts"

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
  const { options, file } = await readConfig(choices)
  const { model = modelOf(options.endpoints), input, output, callsPerMinute } = choices
  const plan = await planOf(options, { model, inputTokens: input, outputTokens: output }, { callsPerMinute })
  if (choices.json) terminal.print(JSON.stringify(plan, undefined, 2))
  else terminal.print(report(plan, file, terminal))
  return plan.findings.length === 0 ? 0 : 1
}

/** A model that the first endpoint says it serves, or one that most do. */
function modelOf([first]: readonly { readonly serves?: readonly string[] }[]): string {
  return first?.serves?.find((name) => !name.endsWith("*")) ?? "gpt-4o"
}

function report(plan: Plan, file: string, terminal: Terminal): string {
  const { model, inputTokens, outputTokens } = plan.question
  const rows = plan.outcomes.map(({ scenario, attempts, tookMs, dearestUsd, ending }) => [
    scenario,
    String(attempts),
    shownMs(tookMs),
    dearestUsd === undefined ? "–" : shownUsd(dearestUsd),
    ending,
  ])
  const findings = plan.findings.map(({ path, sentence }) => `${terminal.as("fair", path)} ${sentence}`)
  return [
    terminal.as("strong", file),
    `A call takes at most ${plan.mostAttempts} attempts, and commits or fails within ${shownMs(plan.longestMs)}.`,
    "",
    `One call of ${model} (${inputTokens} tokens in, ${outputTokens} out) when all endpoints fail alike, played in`,
    "virtual time with this config; the dearest it can be if every attempt is paid for:",
    "",
    table([["if", "attempts", "takes", "costs", "ends as"], ...rows]),
    "",
    ...(findings.length === 0 ? ["Nothing in the config is without effect."] : findings),
  ].join("\n")
}
