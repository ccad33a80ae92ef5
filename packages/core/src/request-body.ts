import { joinBytes } from "./bytes.ts"
import type { Clock } from "./clock.ts"
import type { CallInput } from "./read-request.ts"
import type { RequestBody } from "./request.ts"
import { cancelled, deadlinePassed } from "./stop.ts"
import type { Stop } from "./stop.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** A stream up to this size is kept, so that it can be sent again. */
const maxBufferedBytes = 32 * 1024 * 1024

/** A body that the caller still sends. */
export interface PendingBody {
  readonly whole: Promise<RequestBody>
  /** The caller needs to send no more. */
  cancel(reason: unknown): void
}

/** The body as it can be sent more than once, at once or as soon as the caller has sent it. */
export function takeBody(body: NonNullable<CallInput["body"]>): RequestBody | PendingBody {
  if (typeof body === "string" || body instanceof FormData || body instanceof Blob) return body
  if (body instanceof URLSearchParams) return body.toString()
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  const source = body instanceof ReadableStream ? fromStream(body) : fromIterable(body)
  return { whole: buffer(source), cancel: source.cancel }
}

export const isPending = (body: RequestBody | PendingBody | undefined): body is PendingBody =>
  typeof body === "object" && "whole" in body

/** Waits for a body as long as the caller wants, and no longer than the deadline. */
export function arrival(
  pending: PendingBody,
  { signal, deadlineMs, clock }: { signal: AbortSignal | null; deadlineMs: number; clock: Clock },
): Promise<RequestBody | Stop> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(deadlineMs, () => stop(deadlinePassed(deadlineMs)))
    const cancel = (): void => stop(cancelled(signal?.reason))
    const release = (): void => {
      timer.cancel()
      signal?.removeEventListener("abort", cancel)
    }
    const stop = (stopped: Stop): void => {
      release()
      pending.cancel(stopped.reason)
      resolve(stopped)
    }
    signal?.addEventListener("abort", cancel)
    pending.whole.finally(release).then(resolve, reject)
    if (signal?.aborted) cancel()
  })
}

interface Source {
  next(): Promise<IteratorResult<unknown, unknown>>
  cancel(reason: unknown): void
}

function fromStream(stream: ReadableStream<unknown>): Source {
  const reader = stream.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return { done, value }
    },
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  }
}

function fromIterable(iterable: AsyncIterable<unknown>): Source {
  const iterator = iterable[Symbol.asyncIterator]()
  return { next: () => iterator.next(), cancel: () => void iterator.return?.()?.catch(() => {}) }
}

async function buffer(source: Source): Promise<RequestBody> {
  const pieces: Bytes[] = []
  let length = 0
  for (;;) {
    const { done, value } = await source.next()
    if (done) return joinBytes(pieces)
    const piece = bytesOf(value)
    pieces.push(piece)
    length += piece.byteLength
    if (length > maxBufferedBytes) return resumed(pieces, source)
  }
}

function bytesOf(piece: unknown): Bytes {
  if (!ArrayBuffer.isView(piece)) throw new TypeError("The request's body is not made of bytes.")
  return piece as Bytes
}

/** What has been read of a body, and the rest of it, as one stream. */
function resumed(pieces: Bytes[], rest: Source): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces.shift()
      if (piece !== undefined) return controller.enqueue(piece)
      const { done, value } = await rest.next()
      if (done) controller.close()
      else controller.enqueue(bytesOf(value))
    },
    cancel: (reason) => rest.cancel(reason),
  })
}
