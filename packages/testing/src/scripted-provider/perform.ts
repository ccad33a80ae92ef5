import { gunzipSync } from "node:zlib"
import type { Clock } from "@bellwether/core"
import { departure } from "../hostile-provider/departure.ts"
import { joined, type Reply } from "../hostile-provider/reply.ts"
import type { ExchangeEnding, OpenEntry } from "../hostile-provider/request-log.ts"
import { brokenOff, noAnswer } from "./network-error.ts"

/** Where a reply is performed in process. */
export interface ScriptedStage {
  readonly clock: Clock
  readonly entry: Pick<OpenEntry, "began" | "wrote">
  /** Aborted when the caller has left, with the caller's reason. */
  readonly signal: AbortSignal
  /** The caller does not want the rest. */
  leave(reason: unknown): void
  ended(ending: ExchangeEnding): void
}

/**
 * Performs a reply as the `Response` of a `fetch`. The body is made while it is read, but its pieces keep the times of
 * a server that does not wait for its reader.
 *
 * @throws as `fetch` does: the signal's reason, or a TypeError when no answer comes
 */
export const perform = async (reply: Reply, stage: ScriptedStage): Promise<Response> => {
  if (reply.delayMs > 0) await stage.clock.sleep(reply.delayMs, stage.signal)
  if (reply.head === undefined) return withoutAnswer(reply, stage)
  const { status, headers } = reply.head
  stage.entry.began(status)
  if (!nullBodies.includes(status)) return new Response(bodyOf(decoded(reply), stage), { status, headers })
  stage.ended("completed")
  return new Response(null, { status, headers })
}

/** For these statuses a `Response` refuses to have a body. */
const nullBodies: readonly number[] = [204, 205, 304]

const withoutAnswer = (reply: Reply, { signal, ended }: ScriptedStage): Promise<never> => {
  if (reply.ending === "hold") return departure(signal)
  ended(reply.ending === "reset" ? "reset-by-us" : "closed-by-us")
  if (reply.pieces.length > 0) throw noAnswer("not-http")
  throw noAnswer(reply.ending === "reset" ? "reset" : "close")
}

const bodyOf = (reply: DecodedReply, stage: ScriptedStage): ReadableStream<Uint8Array> => {
  const { clock, entry, signal, ended } = stage
  const { pieces, heartbeat } = reply
  let next = 0
  let dueMs = clock.now()

  const send = async (controller: ReadableStreamDefaultController, bytes: Uint8Array, delayMs: number) => {
    dueMs += delayMs
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), signal)
    controller.enqueue(bytes)
    entry.wrote(bytes.length)
  }

  const finish = async (controller: ReadableStreamDefaultController): Promise<void> => {
    switch (reply.ending) {
      case "complete":
        controller.close()
        return ended("completed")
      case "hold":
        if (heartbeat === undefined) return departure(signal)
        return send(controller, heartbeat.bytes, heartbeat.everyMs)
      default:
        controller.error(brokenOff(reply.ending))
        return ended(reply.ending === "reset" ? "reset-by-us" : "closed-by-us")
    }
  }

  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true })
    },
    async pull(controller) {
      const piece = pieces[next++]
      if (piece !== undefined) await send(controller, piece.bytes, piece.delayMs)
      if (next >= pieces.length) await finish(controller)
    },
    cancel: stage.leave,
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}

type DecodedReply = Omit<Reply, "ending"> & { readonly ending: Reply["ending"] | "encoding" }

/** `fetch` decodes what is declared as gzip, and its body errors when it is not. */
const decoded = (reply: Reply): DecodedReply => {
  if (reply.head?.headers["content-encoding"] !== "gzip") return reply
  try {
    const [first] = reply.pieces
    return {
      ...reply,
      pieces: [{ delayMs: 0, part: "document", ...first, bytes: gunzipSync(joined(reply.pieces)) }],
    }
  } catch {
    return { ...reply, pieces: [], ending: "encoding" }
  }
}
