import type { IncomingMessage } from "node:http"
import type { Clock } from "@bellwether/core"
import type { Refusal } from "../answers/refusal.ts"

/** What a caller's request may take. */
export interface BodyLimits {
  readonly maxBodyBytes: number
  /** Milliseconds in which something has to arrive. */
  readonly slowClientMs: number
}

/** How a body is read. */
export interface BodyReading extends BodyLimits {
  readonly clock: Clock
  /** Called when what arrives is not wanted any more; the reading then fails with it. */
  refuse(refusal: Refusal): void
}

/** A body that is not going to arrive, or not as it should. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused"
}

/** Larger ones that are no JSON are passed on while they arrive. */
const wholeBytes = 1024 * 1024

export const tooLarge = (maxBodyBytes: number): Refusal => ({
  status: 413,
  code: "body-too-large",
  message: `The request's body is larger than ${maxBodyBytes} bytes, which is what \`gateway.maxBodyBytes\` allows.`,
})

const tooSlow = (slowClientMs: number): Refusal => ({
  status: 408,
  code: "request-too-slow",
  message: `Nothing of the request's body has arrived for ${slowClientMs} ms, which is what \`gateway.slowClientMs\` allows.`,
})

/** Whether a request has a body, by its headers (RFC 9112, 6.3). */
export const hasBody = ({ headers, method }: IncomingMessage): boolean =>
  method !== "GET" &&
  method !== "HEAD" &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0)

/** Whether a body should be read whole before it is sent on. */
export function isReadWhole({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"]
  return (
    (length !== undefined && Number(length) <= wholeBytes) || /\bjson\b/i.test(headers["content-type"] ?? "")
  )
}

/**
 * The whole body.
 *
 * @throws BodyRefused
 */
export function readWhole(incoming: IncomingMessage, reading: BodyReading): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer<ArrayBuffer>[] = []
    const watch = watchArrival(reading, (refusal) => {
      stop()
      reading.refuse(refusal)
      reject(new BodyRefused(refusal.code))
    })
    const stop = (): void => {
      watch.rest()
      incoming.off("data", take).off("end", finish).off("close", leave)
    }
    const take = (piece: Buffer<ArrayBuffer>): void => {
      if (!watch.takes(piece.length)) return
      pieces.push(piece)
      watch.wait()
    }
    const finish = (): void => {
      stop()
      const [first] = pieces
      resolve(pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces))
    }
    const leave = (): void => {
      stop()
      reject(new BodyRefused("The caller has left."))
    }
    incoming.on("data", take).on("end", finish).on("close", leave)
  })
}

/**
 * The body as it arrives.
 *
 * @throws BodyRefused to whoever reads it
 */
export async function* readPieces(
  incoming: IncomingMessage,
  reading: BodyReading,
): AsyncGenerator<Uint8Array> {
  let refused: Refusal | undefined
  const watch = watchArrival(reading, (refusal) => {
    refused = refusal
    reading.refuse(refusal)
  })
  try {
    // The socket has to outlive the body, for the answer.
    for await (const piece of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (refused !== undefined || !watch.takes(piece.length)) throw new BodyRefused(refused?.code)
      // Now it is the provider's turn to be quick.
      watch.rest()
      yield piece
      watch.wait()
    }
  } finally {
    watch.rest()
  }
}

interface ArrivalWatch {
  /** Counts a piece. @returns whether it still fits */
  takes(bytes: number): boolean
  /** Begins to wait for the next piece. */
  wait(): void
  /** Waits for nothing. */
  rest(): void
}

/** Sees to it that a body neither grows too large nor comes too slowly. */
function watchArrival(
  { maxBodyBytes, slowClientMs, clock }: BodyReading,
  refuse: (refusal: Refusal) => void,
): ArrivalWatch {
  let bytes = 0
  const timer = clock.after(slowClientMs, () => refuse(tooSlow(slowClientMs)))
  return {
    takes(more) {
      bytes += more
      if (bytes <= maxBodyBytes) return true
      timer.cancel()
      refuse(tooLarge(maxBodyBytes))
      return false
    },
    wait: () => timer.rearm(slowClientMs),
    rest: () => timer.cancel(),
  }
}
