import { once } from "node:events"
import type { ServerResponse } from "node:http"
import type { CallResult, Clock } from "@bellwether/core"
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
  const response = result.ok ? result.response : result.toResponse()
  // Whoever has left is answered nothing.
  if (outgoing.destroyed) return response.body?.cancel()
  const { status, headers, body } = response
  const head = (length: number | undefined): void => {
    outgoing.writeHead(status, answerHeaders(headers, result.call, length, sending.hasTrail))
  }
  if (body === null || bodiless.has(status)) {
    head(bodiless.has(status) ? undefined : Number(headers.get("content-length") ?? 0))
    outgoing.end()
  } else if (isWhole(result)) {
    const bytes = new Uint8Array(await response.arrayBuffer())
    head(bytes.byteLength)
    outgoing.end(bytes)
  } else {
    head(lengthOf(headers))
    await pump(body.getReader(), outgoing, sending)
  }
}

/** Whether core has read all of the body already. */
const isWhole = (result: CallResult): boolean =>
  !result.ok || (result.call.operation.answer === "json" && !isEventStream(result.response.headers))

const isEventStream = (headers: Headers): boolean =>
  headers.get("content-type")?.startsWith("text/event-stream") ?? false

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length")
  return length === null || isEventStream(headers) ? undefined : Number(length)
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function pump(reader: Reader, outgoing: ServerResponse, sending: Sending): Promise<void> {
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
