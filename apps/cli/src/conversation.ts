import { AttemptEnded, AttemptStarted, CallEnded } from "bellwether"
import type { Bellwether, CallEnding, Failure } from "bellwether"
import { withPipeline } from "bellwether/openai"
import OpenAI from "openai"
import { remedy } from "./remedy.ts"
import { shownMs } from "./terminal/shown.ts"
import type { Terminal } from "./terminal/terminal.ts"
import { wrapped } from "./terminal/width.ts"

/** What a conversation is with. */
export interface ConversationOptions {
  readonly model: string
  /** What the model is told beforehand. */
  readonly system?: string
}

/**
 * Asks the next question and writes the answer as it comes, until the signal aborts.
 *
 * @returns whether it was answered, as far as it was wanted
 */
export type Ask = (question: string, signal: AbortSignal) => Promise<boolean>

/** Begins a conversation; it tells where calls go, and what can be done when they fail. */
export function conversation(
  pipeline: Bellwether,
  { model, system }: ConversationOptions,
  terminal: Terminal,
): Ask {
  const client = new OpenAI(withPipeline(pipeline))
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] =
    system === undefined ? [] : [{ role: "system", content: system }]
  let isMidLine = false
  const tell = (words: string): void => {
    // On a terminal both streams share the line.
    if (isMidLine && terminal.isInteractive) terminal.tell("")
    terminal.tell(wrapped(`[${words}]`, terminal.columns, 1), "quiet")
  }
  const lastEnding = tellOfCalls(pipeline, tell)

  /** Writes what comes. @returns all of it */
  async function answer(signal: AbortSignal): Promise<string> {
    let text = ""
    try {
      const stream = await client.chat.completions.create({ model, messages, stream: true }, { signal })
      for await (const { choices } of stream) {
        const piece = choices[0]?.delta.content ?? ""
        text += piece
        isMidLine = text !== ""
        terminal.write(piece)
      }
      // The SDK ends an aborted stream as if it were complete.
      signal.throwIfAborted()
      return text
    } finally {
      if (isMidLine) terminal.write("\n")
      isMidLine = false
    }
  }

  function explain(error: unknown): void {
    const failure = lastEnding()?.failure
    const advice = failure && remedy(failure)
    const message = error instanceof Error ? error.message : String(error)
    terminal.tell(wrapped(message, terminal.columns), "bad")
    if (advice !== undefined) terminal.tell(wrapped(advice, terminal.columns), "fair")
  }

  return async (question, signal) => {
    messages.push({ role: "user", content: question })
    try {
      messages.push({ role: "assistant", content: await answer(signal) })
      const { attempts = [], durationMs = 0 } = lastEnding() ?? {}
      const served = attempts.find(({ ending }) => ending.failure === undefined)
      if (served !== undefined) tell(`${served.attempt.target.id}, ${shownMs(durationMs)}`)
      return true
    } catch (error) {
      // The next question shall not be taken for a part of this one.
      messages.pop()
      if (signal.aborted) tell("stopped")
      else explain(error)
      return signal.aborted
    }
  }
}

/** Says what becomes of calls: who failed, and where they go on. @returns asks how the last one ended */
function tellOfCalls(pipeline: Bellwether, tell: (words: string) => void): () => CallEnding | undefined {
  let last: CallEnding | undefined
  pipeline.on(AttemptStarted, ({ attempt: { number, kind, target } }) => {
    if (number > 1) tell(kind === "repeat" ? `once more to ${target.id}` : `on to ${target.id}`)
  })
  pipeline.on(AttemptEnded, ({ ending: { failure } }) => {
    if (failure !== undefined && !unasked.has(failure.class)) tell(failure.message.replace(/\.$/, ""))
  })
  pipeline.on(CallEnded, ({ ending }) => (last = ending))
  return () => last
}

/** Ended by us, not by a provider. */
const unasked: ReadonlySet<Failure["class"]> = new Set(["cancelled", "superseded"])
