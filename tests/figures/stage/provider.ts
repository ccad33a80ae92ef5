import type { Clock, Random } from "@bellwether/core"

/** One attempt as a provider sees it. */
export interface Visit {
  readonly clock: Clock
  /**
   * The chance of this call at this endpoint: the same whatever else is played, so that two plays differ only by what
   * is compared (common random numbers).
   */
  readonly chance: Random
  readonly request: VisitRequest
}

/** What a provider is asked. */
export interface VisitRequest {
  readonly path: string
  /** `undefined` for a probe. */
  readonly body: string | undefined
  /** Aborted when the asker has left. */
  readonly signal: AbortSignal
}

/** A provider as a plain function. */
export type Provider = (visit: Visit) => Response | Promise<Response>

const json = { "content-type": "application/json" }
const completion = JSON.stringify({
  id: "c-1",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Baa." }, finish_reason: "stop" }],
})
/** A chat completion. */
export const answer = (): Response => new Response(completion, { headers: json })

/** What a provider says that is out of order, or refuses. */
export const failure = (status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response("{}", { status, headers: { ...json, ...headers } })

/** Fails independently of everything else, after so many milliseconds. */
export const failing =
  (share: number, status = 503, delayMs = 0): Provider =>
  async ({ clock, chance }) => {
    const isFailing = chance.next() < share
    if (delayMs > 0) await clock.sleep(delayMs)
    return isFailing ? failure(status) : answer()
  }
