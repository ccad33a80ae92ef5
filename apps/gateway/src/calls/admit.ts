import type { IncomingMessage, ServerResponse } from "node:http"
import type { Refusal } from "../answers/refusal.ts"
import { breakOff } from "../answers/send-answer.ts"
import { sendRefusal } from "../answers/send-refusal.ts"
import { shownKey } from "../callers/callers.ts"
import type { Caller } from "../callers/callers.ts"
import type { Engine } from "../engine/engine.ts"
import type { Running } from "../engine/running.ts"
import type { Exchange } from "./exchange.ts"
import { broken, closing, noKey, noRealtime, tooManyAtOnce, wrongKey } from "./refusals.ts"

/** Answers an exchange, or says why not. */
export type Handle = (exchange: Exchange) => Promise<Refusal | undefined>

/** Lets in whoever may call, and answers those who may not. */
export async function admit(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  engine: Engine,
  handle: Handle,
): Promise<void> {
  const { running, clock } = engine
  const caller = engine.isClosing ? closing : callerOf(incoming, running)
  if (isRefusal(caller)) return sendRefusal(incoming, outgoing, caller, clock)
  const leave = engine.enter(running, caller)
  try {
    const refusal = await handle({ incoming, outgoing, running, clock, caller })
    if (refusal !== undefined) sendRefusal(incoming, outgoing, refusal, clock)
  } catch (error) {
    engine.fault("A request failed within the gateway.", error)
    sendRefusal(incoming, outgoing, broken, clock)
    breakOff(outgoing)
  } finally {
    leave()
  }
}

const isRefusal = (found: Caller | Refusal | undefined): found is Refusal =>
  found !== undefined && "status" in found

/** Who calls, where keys are needed; or why nobody may. */
function callerOf({ headers }: IncomingMessage, { callers }: Running): Caller | Refusal | undefined {
  if (headers.upgrade?.toLowerCase() === "websocket") return noRealtime
  if (callers.isOpen) return undefined
  const shown = shownKey(headers)
  if (shown === undefined) return noKey
  const caller = callers.find(shown)
  if (caller === undefined) return wrongKey
  return caller.usage.inFlight < (caller.concurrency ?? Infinity) ? caller : tooManyAtOnce(caller)
}
