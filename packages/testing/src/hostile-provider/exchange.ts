import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Clock } from "@bellwether/core"
import { departure } from "./departure.ts"
import type { FaultBook } from "./faults/fault-book.ts"
import { play, type Stage } from "./player.ts"
import { arrivingRequest, type ArrivingRequest } from "./received-request.ts"
import { documentReply } from "./reply.ts"
import type { RequestLog } from "./request-log.ts"
import type { ProviderDesk } from "./serving/provider-desk.ts"

/** What every exchange shares. */
export interface ExchangePremises {
  readonly clock: Clock
  readonly log: RequestLog
  readonly desk: ProviderDesk
  readonly faults: FaultBook
  toreDown(socket: Socket): boolean
}

/** One request, from its head to the end of its answer: received, served, broken, performed, logged. */
export const exchange = async (
  number: number,
  incoming: IncomingMessage,
  response: ServerResponse,
  premises: ExchangePremises,
): Promise<void> => {
  const { socket, method = "GET", url = "/" } = incoming
  const arriving = arrivingRequest({ number, method, url, headers: flat(incoming.headers) })
  const entry = premises.log.open(arriving.request)
  const connection = new AbortController()
  const { signal } = connection
  response.once("close", () => connection.abort("the connection is gone"))
  const stage: Stage = { response, socket, clock: premises.clock, entry, signal }
  try {
    arriving.receive(await received(incoming, signal))
    await answered(arriving, stage, premises)
  } catch (error) {
    if (signal.aborted) entry.ended(premises.toreDown(socket) ? "stopped" : "aborted-by-client")
    else await apologize(error, stage)
  }
}

const answered = async (
  arriving: ArrivingRequest,
  stage: Stage,
  { desk, faults }: ExchangePremises,
): Promise<void> => {
  const served = await desk(arriving)
  try {
    const struck = faults.strike(served, arriving.request)
    stage.entry.struck(struck.faults)
    stage.entry.ended(await play(struck.reply, stage))
  } finally {
    served.release()
  }
}

/** A user's `answer` may throw, a user's fault may hold an impossible header: the caller is told, nothing crashes. */
const apologize = async (error: unknown, stage: Stage): Promise<void> => {
  const sentence = `The hostile provider could not make up its answer: ${String(error)}`
  try {
    stage.entry.ended(await play(documentReply(500, "text/plain; charset=utf-8", sentence), stage))
  } catch {
    stage.entry.ended("aborted-by-client")
  }
}

const received = async (incoming: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
    return Buffer.concat(chunks)
  } catch {
    return departure(signal)
  }
}

const flat = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
