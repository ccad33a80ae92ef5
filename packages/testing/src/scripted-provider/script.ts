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

export const scriptReader = (script: Script): ScriptReader => {
  if (typeof script === "function") return (request) => answerOf(script(request))
  let next = 0
  return () => answerOf(script[Math.min(next++, script.length - 1)] ?? {})
}

const answerOf = (line: ScriptLine): ScriptedAnswer => {
  if (typeof line === "string") return { says: line }
  return "kind" in line ? { faults: [line] } : line
}
