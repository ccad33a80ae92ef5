import { PipelineError } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"

/** One message of a conversation, in the form of the chat completions API. */
export interface ChatMessage {
  /** `system`, `developer`, `user`, `assistant` or `tool`. */
  readonly role: string
  /** Text, or a list of parts such as images. */
  readonly content: string | readonly object[] | null
  /** Further members, such as `name` or `tool_call_id`. */
  readonly [member: string]: unknown
}

/** How one {@link chat} goes. Whatever else is given goes to the model: `temperature`, `max_tokens`, … */
export interface ChatOptions {
  readonly signal?: AbortSignal
  /** Milliseconds for the whole call. @default the pipeline's `deadlineMs` */
  readonly deadlineMs?: number
  /** `chat` gives back the whole text. For a stream use the pipeline's `fetch` or an SDK. */
  readonly stream?: false
  readonly [parameter: string]: unknown
}

/**
 * Asks a model and gives back the text of its answer.
 *
 * @example
 * const text = await chat(pipeline, "gpt-4o-mini", "Why do sheep follow a bell?")
 *
 * @param messages the conversation, or what the user says
 * @throws PipelineError when no provider answered, or `no-text` for an answer without one
 * @throws `options.signal.reason` when the caller aborts
 */
export async function chat(
  pipeline: Pipeline,
  model: string,
  messages: string | readonly ChatMessage[],
  { signal, deadlineMs, ...parameters }: ChatOptions = {},
): Promise<string> {
  if (parameters.stream) throw new PipelineError("invalid-options", streamRefused)
  const conversation = typeof messages === "string" ? [{ role: "user", content: messages }] : messages
  const result = await pipeline.call({
    path: "/chat/completions",
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ model, ...parameters, messages: conversation }),
    ...(signal !== undefined && { signal }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  })
  if (result.ok) return textOf((await result.response.json()) as Completion)
  if (result.failure.class === "cancelled" && signal?.aborted) throw signal.reason
  throw result.error
}

const streamRefused =
  "stream must be left out: chat gives back the whole text; use the pipeline's fetch or an SDK for a stream."

/** The part of a completion that matters here. */
interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string | null
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown }
  }[]
}

function textOf({ choices }: Completion): string {
  const { message, finish_reason: ending } = choices?.[0] ?? {}
  if (typeof message?.content === "string") return message.content
  const reason = ending === "tool_calls" ? "wants a tool to be called" : "said nothing"
  throw new PipelineError(
    "no-text",
    `The answer holds no text: the model ${typeof message?.refusal === "string" ? "refused to answer" : reason}. ` +
      "Use the pipeline's fetch or an SDK to read such answers.",
  )
}
