import { checkRule } from "../hostile-provider/faults/check-rule.ts"
import type { Fault } from "../hostile-provider/faults/fault.ts"
import type { ReceivedRequest } from "../hostile-provider/received-request.ts"

/** One answer of a script. */
export interface ScriptedAnswer {
  /**
   * What the model says, in the grammar and the form the request asks for.
   * @default words drawn from the conversation and the seed
   */
  readonly says?: string
  /** What goes wrong with it, each fault on what the one before left. */
  readonly faults?: readonly Fault[]
  /** Nothing comes back: `fetch` rejects with this. */
  readonly throws?: unknown
}

/** A text is said, a fault strikes, and a {@link ScriptedAnswer} does both. */
export type ScriptLine = string | Fault | ScriptedAnswer

/** What comes when: a line for each request, the last of them for all that follow; or a function that decides. */
export type Script = readonly ScriptLine[] | ((request: ReceivedRequest) => ScriptLine)

/** Reads a script line by line. */
export type ScriptReader = (request: ReceivedRequest) => ScriptedAnswer

/** @throws PipelineError `invalid-options` for a fault that does not exist */
export const scriptReader = (script: Script): ScriptReader => {
  if (typeof script === "function") return (request) => answerOf(script(request))
  const answers = script.map(answerOf)
  let next = 0
  return () => answers[Math.min(next++, answers.length - 1)] ?? {}
}

const answerOf = (line: ScriptLine): ScriptedAnswer => {
  if (typeof line === "string") return { says: line }
  const answer = "kind" in line ? { faults: [line] } : line
  for (const fault of answer.faults ?? []) checkRule(fault)
  return answer
}
