import { createInterface } from "node:readline/promises"
import { bellwether } from "bellwether"
import { conversation } from "../conversation.ts"
import type { Ask, ConversationOptions } from "../conversation.ts"
import { interruptedCode } from "../exit-codes.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { readConfig } from "./read-config.ts"
import type { ConfigChoice } from "./read-config.ts"

/** The options of `bellwether chat`. */
export interface ChatChoices extends ConfigChoice, ConversationOptions {}

/**
 * Talks with a model: answers the words it is given, or whoever sits in front of it until they leave.
 *
 * @returns the exit code: 0 when everything was answered
 */
export async function chatCommand(
  words: readonly string[],
  choices: ChatChoices,
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<number> {
  const { options } = await readConfig(choices)
  await using pipeline = bellwether(options)
  const ask = conversation(pipeline, choices, terminal)
  if (words.length > 0) return (await ask(words.join(" "), interrupt)) ? 0 : 1
  if (terminal.isInteractive)
    terminal.tell(`${choices.model}. Ctrl-C ends an answer, an empty line the conversation.`, "quiet")
  return await converse(ask, terminal, interrupt)
}

/** Asks what is read, line by line; at an empty one it ends. */
async function converse(ask: Ask, terminal: Terminal, interrupt: AbortSignal): Promise<number> {
  const { input, aside: output, isInteractive } = terminal
  using lines = createInterface({ input, output, terminal: isInteractive, prompt: "> " })
  let answering: AbortController | undefined
  let isLeft = false
  let isClosed = false
  const leave = (): void => {
    isLeft = true
    lines.close()
    if (isInteractive) terminal.tell("")
  }
  lines.once("close", () => (isClosed = true))
  // A terminal that is read key by key has no signals: there Ctrl-C is a key.
  lines.on("SIGINT", () => (answering === undefined ? leave() : answering.abort()))
  interrupt.addEventListener("abort", leave)
  const prompt = (): void => {
    if (isInteractive && !isClosed) lines.prompt()
  }
  let isWell = true
  prompt()
  for await (const line of lines) {
    if (isLeft || line.trim() === "") break
    answering = new AbortController()
    isWell = (await ask(line, AbortSignal.any([interrupt, answering.signal]))) && isWell
    answering = undefined
    prompt()
  }
  if (isLeft) return interruptedCode
  return isWell ? 0 : 1
}
