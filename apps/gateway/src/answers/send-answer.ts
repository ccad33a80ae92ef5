import { once } from "node:events"
import type { ServerResponse } from "node:http"
import type { ByteReader, CallResult, Clock, ResponseHeaders } from "@bellwether/core"
import { isEventStream } from "@bellwether/wire"
import { answerHeaders } from "./answer-headers.ts"

/** How an answer is sent. */
export interface Sending {
  readonly clock: Clock
  /** Milliseconds in which the caller has to take something. */
  readonly slowClientMs: number
  /** Whether the caller asked for the trail. */
  readonly hasTrail: boolean
}

const bodiless = new Set([204, 205, 304])

/**
 * Sends what became of a call: piece by piece as the caller takes it. An answer that breaks off ends with the
 * connection, never in order.
 */
export async function sendAnswer(
  result: CallResult,
  outgoing: ServerResponse,
  sending: Sending,
): Promise<void> {
  const { status, headers, body } = result.ok ? result : await toldBy(result.toResponse())
  const isStream = body !== undefined && "cancel" in body
  // Whoever has left is answered nothing.
  if (outgoing.destroyed) return isStream ? body.cancel() : undefined
  const length = isStream ? lengthOf(headers) : (body?.byteLength ?? lengthOf(headers) ?? 0)
  const told = bodiless.has(status) ? undefined : length
  outgoing.writeHead(status, answerHeaders(headers, result.call, told, sending.hasTrail))
  if (isStream) await pump(body, outgoing, sending)
  else outgoing.end(body)
}

type Answered = Pick<CallResult & { ok: true }, "status" | "headers" | "body">

/** What a failure is told with. */
async function toldBy(response: Response): Promise<Answered> {
  const { status, headers, body } = response
  return { status, headers, body: body === null ? undefined : new Uint8Array(await response.arrayBuffer()) }
}

/** How long a body says it is; an event stream ends when it ends. */
function lengthOf(headers: ResponseHeaders): number | undefined {
  const length = headers.get("content-length")
  return length === null || isEventStream(headers.get("content-type")) ? undefined : Number(length)
}

async function pump(reader: ByteReader, outgoing: ServerResponse, sending: Sending): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (outgoing.destroyed) break
      if (done) return void outgoing.end()
      if (!outgoing.write(value) && !(await isTaken(outgoing, sending))) break
    }
    // Whoever does not read holds a provider's stream open for nothing.
    outgoing.destroy()
    await reader.cancel()
  } catch {
    breakOff(outgoing)
  }
}

/** Ends the connection without the mark of an answer's end, as soon as what was written is sent. */
export function breakOff(outgoing: ServerResponse): void {
  // Node gives what is written in one tick to the socket at its end.
  setImmediate(() => (outgoing.socket === null ? outgoing.destroy() : outgoing.socket.destroySoon()))
}

/** Waits until there is room again. @returns whether the caller took something in time */
async function isTaken(outgoing: ServerResponse, { clock, slowClientMs }: Sending): Promise<boolean> {
  const over = new AbortController()
  const timer = clock.after(slowClientMs, () => over.abort())
  const leave = (): void => over.abort()
  outgoing.once("close", leave)
  try {
    await once(outgoing, "drain", { signal: over.signal })
    return true
  } catch {
    return false
  } finally {
    timer.cancel()
    outgoing.off("close", leave)
  }
}
