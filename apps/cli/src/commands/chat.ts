import { createInterface } from "node:readline/promises"
import { AttemptEnded, AttemptStarted, bellwether, CallEnded } from "bellwether"
import type { Bellwether } from "bellwether"
import { withPipeline } from "bellwether/openai"
import OpenAI from "openai"
import { remedy } from "../remedy.ts"
import { shownMs } from "../terminal/shown.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { readConfig } from "./shared-options.ts"
import type { ConfigChoice } from "./shared-options.ts"

/** The options of `bellwether chat`. */
export interface ChatChoices extends ConfigChoice {
  readonly model: string
  readonly system?: string
}

type Message = OpenAI.Chat.ChatCompletionMessageParam

/**
 * Talks with a model: answers the words it is given, or whoever sits in front of it until they leave.
 *
 * @returns the exit code: 0 when everything was answered
 */
export async function chatCommand(
  words: readonly string[],
  choices: ChatChoices,
  terminal: Terminal,
): Promise<number> {
  const { options } = await readConfig(choices)
  await using pipeline = bellwether(options)
  showCalls(pipeline, terminal)
  const client = new OpenAI(withPipeline(pipeline))
  const messages: Message[] =
    choices.system === undefined ? [] : [{ role: "system", content: choices.system }]
  const ask = (question: string): Promise<boolean> =>
    answer(client, choices.model, messages, question, terminal)
  if (words.length > 0) return (await ask(words.join(" "))) ? 0 : 1
  using lines = createInterface({ input: process.stdin, output: process.stderr })
  if (terminal.isInteractive) {
    terminal.tell(terminal.as("quiet", `${choices.model}. An empty line ends the conversation.`))
    lines.setPrompt("> ")
    lines.prompt()
  }
  let isWell = true
  for await (const line of lines) {
    if (line.trim() === "") break
    isWell = (await ask(line)) && isWell
    if (terminal.isInteractive) lines.prompt()
  }
  return isWell ? 0 : 1
}

/** Says what becomes of a call: who failed, where it goes on, who served it, and what can be done. */
function showCalls(pipeline: Bellwether, terminal: Terminal): void {
  const tell = (line: string): void => terminal.tell(terminal.as("quiet", `[${line}]`))
  pipeline.on(AttemptStarted, ({ attempt }) => {
    if (attempt.number > 1) tell(`on to ${attempt.target.id}`)
  })
  pipeline.on(AttemptEnded, ({ attempt, ending: { failure } }) => {
    if (failure !== undefined) tell(`${attempt.target.id} failed: ${failure.message}`)
  })
  pipeline.on(CallEnded, ({ ending: { failure, attempts, durationMs } }) => {
    const advice = failure && remedy(failure)
    if (advice !== undefined) terminal.tell(terminal.as("fair", advice))
    const served = attempts.find(({ ending }) => ending.failure === undefined)
    if (failure === undefined && served !== undefined)
      tell(`${served.attempt.target.id}, ${shownMs(durationMs)}`)
  })
}

async function answer(
  client: OpenAI,
  model: string,
  messages: Message[],
  question: string,
  terminal: Terminal,
): Promise<boolean> {
  messages.push({ role: "user", content: question })
  let text = ""
  try {
    const stream = await client.chat.completions.create({ model, messages, stream: true })
    for await (const { choices } of stream) {
      const piece = choices[0]?.delta.content ?? ""
      text += piece
      terminal.write(piece)
    }
    terminal.write("\n")
    messages.push({ role: "assistant", content: text })
    return true
  } catch (error) {
    if (text !== "") terminal.write("\n")
    messages.pop()
    terminal.tell(terminal.as("bad", error instanceof Error ? error.message : String(error)))
    return false
  }
}
