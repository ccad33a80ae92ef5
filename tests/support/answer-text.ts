import type { Question } from "./questions.ts"

/** What a client makes of the body of an answer; written without a line of what is under test. */
export interface AnswerText {
  /** The text of each choice; of what has no text, what it is instead. */
  readonly texts: readonly string[]
  /** The error event of a stream, if there was one. */
  readonly error: unknown
}

/** Reads the answer to a question, in any of the three grammars: what asks for a stream reads events. */
export function answerText(question: Question, body: string): AnswerText {
  return question.includes("stream")
    ? textOfStream(body)
    : { texts: textsOf(JSON.parse(body)), error: undefined }
}

function textsOf(answer: unknown): readonly string[] {
  const { choices, output, content, data, bytes } = answer as {
    readonly choices?: readonly { readonly message: { readonly content: string } }[]
    readonly output?: readonly { readonly content: readonly { readonly text: string }[] }[]
    readonly content?: readonly { readonly text: string }[]
    readonly data?: readonly { readonly embedding: readonly number[] }[]
    readonly bytes?: number
  }
  if (data !== undefined) return data.map(({ embedding }) => `a vector of ${embedding.length}`)
  if (bytes !== undefined) return [`a file of ${bytes} bytes`]
  if (choices !== undefined) return choices.map(({ message }) => message.content)
  const parts = output === undefined ? content : output.flatMap((item) => item.content)
  return parts === undefined ? [] : [parts.map(({ text }) => text).join("")]
}

interface Event {
  readonly type?: string
  readonly error?: unknown
  readonly choices?: readonly { readonly index: number; readonly delta?: { readonly content?: string } }[]
  readonly delta?: string | { readonly text?: string }
}

function textOfStream(body: string): AnswerText {
  const texts: string[] = []
  let error: unknown
  const add = (choice: number, text: string | undefined): void => {
    texts[choice] = (texts[choice] ?? "") + (text ?? "")
  }
  for (const block of body.split(/\r\n\r\n|\n\n|\r\r/)) {
    const event = eventIn(block)
    if (event === undefined) continue
    if (event.error != null || event.type === "error") error = event
    for (const { index, delta } of event.choices ?? []) add(index, delta?.content)
    if (event.type === "response.output_text.delta") add(0, event.delta as string)
    if (event.type === "content_block_delta") add(0, (event.delta as { readonly text?: string }).text)
  }
  return { texts, error }
}

/** Noise between the events is skipped, as clients do that are worth their name. */
function eventIn(block: string): Event | undefined {
  const lines = block.split(/\r\n|\n|\r/).filter((line) => line.startsWith("data:"))
  const data = lines.map((line) => line.slice("data:".length)).join("\n")
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
