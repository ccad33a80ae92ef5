import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Writable } from "node:stream"
import type { Clock } from "@bellwether/core"
import { departure } from "./departure.ts"
import type { Heartbeat, Reply, ReplyEnding } from "./reply.ts"
import type { ExchangeEnding, OpenEntry } from "./request-log.ts"

/** Where a reply is performed. */
export interface Stage {
  readonly response: ServerResponse
  readonly socket: Socket
  readonly clock: Clock
  readonly entry: OpenEntry
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal
}

/**
 * Performs a reply: the only place where an answer becomes bytes on a socket.
 *
 * @throws the signal's reason when the connection goes before the reply is over
 */
export const play = async (reply: Reply, stage: Stage): Promise<ExchangeEnding> => {
  const { response, socket, entry } = stage
  await waited(reply.delayMs + reply.workMs, stage)
  if (reply.head !== undefined) {
    response.writeHead(reply.head.status, reply.head.headers)
    response.flushHeaders()
    entry.began(reply.head.status)
  } else if (reply.pieces.length > 0) {
    entry.began(undefined)
  }
  const sink = reply.head === undefined ? socket : response
  for (const { bytes, delayMs } of reply.pieces) {
    await waited(delayMs, stage)
    await written(bytes, sink, stage)
  }
  return endings[reply.ending](reply, stage)
}

const endings: Readonly<Record<ReplyEnding, (reply: Reply, stage: Stage) => Promise<ExchangeEnding>>> = {
  async complete(_, { response, signal }) {
    await handedOver((done) => response.end(done), signal)
    return "completed"
  },
  async close(_, { socket }) {
    socket.destroySoon()
    return "closed-by-us"
  },
  async reset(_, { socket }) {
    socket.resetAndDestroy()
    return "reset-by-us"
  },
  hold({ heartbeat }, stage) {
    return heartbeat === undefined ? departure(stage.signal) : beating(heartbeat, stage)
  },
}

const beating = async ({ bytes, everyMs }: Heartbeat, stage: Stage): Promise<never> => {
  while (true) {
    await waited(everyMs, stage)
    await written(bytes, stage.response, stage)
  }
}

const waited = async (ms: number, { clock, signal }: Stage): Promise<void> => {
  if (ms > 0) await clock.sleep(ms, signal)
}

const written = async (bytes: Uint8Array, sink: Writable, { entry, signal }: Stage): Promise<void> => {
  await handedOver((done) => sink.write(bytes, done), signal)
  entry.wrote(bytes.length)
}

/** Over when the kernel has the bytes: that is the back-pressure of a slow reader. */
const handedOver = (
  act: (done: (error?: Error | null) => void) => void,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason)
    if (signal.aborted) {
      leave()
      return
    }
    signal.addEventListener("abort", leave, { once: true })
    act((error) => {
      // What cannot be written has no reader left; the signal is about to say so.
      if (error) return
      signal.removeEventListener("abort", leave)
      resolve()
    })
  })
