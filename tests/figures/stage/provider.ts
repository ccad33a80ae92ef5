import type { Clock, Random } from "@bellwether/core"

/** One attempt as a provider sees it. */
export interface Visit {
  readonly clock: Clock
  /**
   * The chance of this call at this endpoint: the same whatever else is played, so that two plays differ only by what
   * is compared (common random numbers).
   */
  readonly chance: Random
}

/** A provider as a plain function. */
export type Provider = (visit: Visit) => Response | Promise<Response>

const json = { "content-type": "application/json" }
const eventStream = { "content-type": "text/event-stream" }
const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: "c-1", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

const completion = JSON.stringify({
  id: "c-1",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Baa." }, finish_reason: "stop" }],
})
const stream = `${chunk({ role: "assistant", content: "Baa." }, null)}${chunk({}, "stop")}data: [DONE]\n\n`

/** A chat completion. */
export const answer = (): Response => new Response(completion, { headers: json })

/** The same as a stream, all of it at once. */
export const streamedAnswer = (): Response => new Response(stream, { headers: eventStream })

/** What a provider says that is out of order: 500, 503, 504. */
export const failure = (status: number): Response => new Response("{}", { status, headers: json })

/** Fails independently of everything else, after so many milliseconds. */
export const failing =
  (share: number, status = 503, delayMs = 0): Provider =>
  async ({ clock, chance }) => {
    const isFailing = chance.next() < share
    if (delayMs > 0) await clock.sleep(delayMs)
    return isFailing ? failure(status) : answer()
  }
