import type { Fetch } from "@bellwether/core"

/** What every provider does in a simulated call. */
export interface Scenario {
  readonly name: string
  /** Whether the call asks for a stream. */
  readonly stream: boolean
  readonly fetch: Fetch
}

const says = (status: number, message: string, headers: Record<string, string> = {}): Fetch => {
  return async () => Response.json({ error: { message } }, { status, headers })
}

const refuses: Fetch = async () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
  throw new TypeError("fetch failed", { cause })
}

/** Never answers, until it is given up. */
const isSilent: Fetch = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
  })

const chunk = (delta: object): string =>
  `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`

/** A stream of these events; then it is cut, or nothing comes any more. */
const streams =
  (events: readonly string[], ending: "cut" | "silence"): Fetch =>
  async (_url, { signal }) => {
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const event of events) controller.enqueue(encoder.encode(event))
        if (ending === "cut") controller.close()
        else signal?.addEventListener("abort", () => controller.error(signal.reason), { once: true })
      },
    })
    return new Response(body, { headers: { "content-type": "text/event-stream" } })
  }

const role = chunk({ role: "assistant" })
const word = chunk({ content: "Because" })

/** The ways in which all providers fail at once: the worst that can come to a call. */
export const scenarios: readonly Scenario[] = [
  { name: "all answer 500", stream: false, fetch: says(500, "Down.") },
  { name: "all answer 429", stream: false, fetch: says(429, "Too many requests.") },
  {
    name: "all answer 429 and to wait 2 s",
    stream: false,
    fetch: says(429, "Too many requests.", { "retry-after": "2" }),
  },
  { name: "all refuse the key (401)", stream: false, fetch: says(401, "No such key.") },
  { name: "all refuse the connection", stream: false, fetch: refuses },
  { name: "all are silent", stream: false, fetch: isSilent },
  { name: "all are silent, to a stream", stream: true, fetch: isSilent },
  { name: "all cut streams before a word", stream: true, fetch: streams([role], "cut") },
  { name: "all cut streams after a word", stream: true, fetch: streams([role, word], "cut") },
  { name: "all fall silent after a word", stream: true, fetch: streams([role, word], "silence") },
]
