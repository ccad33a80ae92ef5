import type { Visit } from "./provider.ts"

// Every answer counts sheep, so that whoever reads it knows whether it is whole.

/** An answer as it is spoken. */
export interface Speech {
  /** How many sheep are counted, each an event of the stream. */
  readonly sheep: number
  /** How many are counted at once, in one piece of the body. */
  readonly atOnce: number
  /** Milliseconds between two pieces. */
  readonly pauseMs: number
  /** After so many sheep the body ends as if nothing were amiss. @default never */
  readonly cutAfter?: number
}

const heading = (sheep: number): string => `${sheep} sheep jump over a fence: `

const counting: readonly string[] = Array.from({ length: 1_000 }, (_, place) => `${place + 1} `)

/** Whether a text is all that was to be said. */
export function isWhole(text: string): boolean {
  const sheep = Number.parseInt(text)
  return text === heading(sheep) + counting.slice(0, sheep).join("")
}

/** What was said in a chat completion that was streamed. */
export const textOf = (stream: string): string =>
  Array.from(stream.matchAll(/"content":"([^"]*)"/g), ([, content = ""]) => content).join("")

const event = (delta: string, finish = "null"): string =>
  `data: {"id":"c-1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{${delta}},"finish_reason":${finish}}]}\n\n`

const saying = (content: string): string => event(`"content":"${content}"`)
const opening = event('"role":"assistant","content":""')
const ending = `${event("", '"stop"')}data: [DONE]\n\n`

const headers = { "content-type": "text/event-stream" }

/** A stream, all of it at once. */
export const streamedAnswer = (): Response =>
  new Response(`${opening}${saying(heading(0))}${ending}`, { headers })

/** The answer as a stream; it goes on where the visitor has it from, if it has a beginning. */
export function spoken({ sheep, atOnce, pauseMs, cutAfter = Infinity }: Speech, visit: Visit): Response {
  const { clock, request } = visit
  const begun = beginningOf(request.body)
  const total = begun === undefined ? sheep : Number.parseInt(begun)
  let counted = begun === undefined ? 0 : begun.slice(heading(total).length).split(" ").length - 1
  const encoder = new TextEncoder()
  let isFirst = true

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isFirst) await clock.sleep(pauseMs, request.signal)
        let piece = isFirst ? opening : ""
        for (let left = atOnce; left > 0 && counted < Math.min(total, cutAfter); left--)
          piece += saying((counted === 0 ? heading(total) : "") + (counting[counted++] ?? ""))
        isFirst = false
        if (counted >= total) piece += ending
        if (piece !== "") controller.enqueue(encoder.encode(piece))
        if (counted >= Math.min(total, cutAfter)) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

/** The answer of which the request has the beginning already (prefill). */
function beginningOf(body: string | undefined): string | undefined {
  const { messages } = JSON.parse(body ?? "{}") as {
    readonly messages?: readonly { readonly role: string; readonly content: string }[]
  }
  const last = messages?.at(-1)
  return last?.role === "assistant" ? last.content : undefined
}
