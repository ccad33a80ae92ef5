import type { Clock } from "@bellwether/core"
import type { FaultKind } from "../hostile-provider/faults/fault.ts"
import type { ArrivingRequest } from "../hostile-provider/received-request.ts"
import type { Reply } from "../hostile-provider/reply.ts"
import type { ExchangeEnding, RequestLog } from "../hostile-provider/request-log.ts"
import { perform } from "./perform.ts"

/** What a request gets. */
export interface ScriptedReply {
  readonly reply: Reply
  /** What has been at it. */
  readonly faults: readonly FaultKind[]
  /** To be called when the answer is over. */
  release(): void
}

/** What all exchanges share. */
export interface ExchangeHouse {
  readonly clock: Clock
  readonly log: RequestLog
  /** Decides on the reply, or throws what `fetch` is to reject with. */
  serve(arriving: ArrivingRequest): Promise<ScriptedReply>
}

/** One request, until the last byte of its answer was read or either side has left. */
export const exchange = async (
  arriving: ArrivingRequest,
  signal: AbortSignal | undefined,
  { clock, log, serve }: ExchangeHouse,
): Promise<Response> => {
  const entry = log.open(arriving.request)
  const caller = new AbortController()
  let release = (): void => {}
  let isOver = false
  const ended = (ending: ExchangeEnding): void => {
    if (isOver) return
    isOver = true
    signal?.removeEventListener("abort", onAbort)
    release()
    entry.ended(ending)
  }
  const leave = (reason: unknown): void => {
    ended("aborted-by-client")
    caller.abort(reason)
  }
  const onAbort = (): void => leave(signal?.reason)
  signal?.addEventListener("abort", onAbort, { once: true })
  try {
    const served = await serve(arriving)
    release = served.release
    entry.struck(served.faults)
    return await perform(served.reply, { clock, entry, signal: caller.signal, leave, ended })
  } catch (error) {
    ended("closed-by-us")
    throw error
  }
}
