import { SourceReader } from "@bellwether/core"
import type { ByteSink, ByteSource } from "@bellwether/core"
import { pipeline } from "node:stream"
import type { Duplex } from "node:stream"
import type { ResponseBody } from "./response-body.ts"
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from "node:zlib"

type Bytes = Uint8Array<ArrayBuffer>

/** A server may not make us decode without end; the global `fetch`'s limit. */
const maxCodings = 5

// What has come is given out at once, so that no event waits for the next one.
const inflating = { flush: constants.Z_SYNC_FLUSH }

const makers: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(inflating),
  "x-gzip": () => createGunzip(inflating),
  deflate: () => createInflate(inflating),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  // RFC 9659, section 3: a window of 8 MB and no more.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
}

/**
 * What undoes the codings of a `content-encoding`, in the order in which it is done. None if one is unknown: then the
 * body goes through as it is, as with the global `fetch`.
 *
 * @throws TypeError when there are too many of them
 */
export function decodersOf(contentEncoding: string): readonly Duplex[] {
  const codings = contentEncoding.toLowerCase().split(",")
  if (codings.length > maxCodings)
    throw new TypeError(`The answer has ${codings.length} content codings; ${maxCodings} are the limit.`)
  const making = codings.map((coding) => makers[coding.trim()]).toReversed()
  const known = making.filter((make) => make !== undefined)
  return known.length === making.length ? known.map((make) => make()) : []
}

/**
 * The bytes that were encoded. What comes before the connection is lost is decoded and read before the loss is told;
 * a coding that is broken or cut ends in an error whose `cause` is zlib's.
 */
export function decoded(body: ResponseBody, decoders: readonly Duplex[]): ByteSource {
  const reader = new SourceReader(body)
  let isEmpty = true
  let loss: unknown
  async function* untilLost(): AsyncGenerator<Bytes> {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        isEmpty = false
        yield value
      }
    } catch (error) {
      loss = error
      if (body.isBroken) throw error
    } finally {
      void reader.cancel()
    }
  }
  const last = pipeline([untilLost, ...decoders], () => {}) as Duplex
  const chunks: AsyncIterator<Buffer> = last[Symbol.asyncIterator]()
  async function pull(sink: ByteSink): Promise<void> {
    try {
      const next = await chunks.next()
      if (next.done !== true) sink.enqueue(new Uint8Array(next.value))
      else if (loss === undefined) sink.close()
      else sink.error(loss)
    } catch (cause) {
      body.cancel()
      // Nothing at all is no broken coding, though to zlib it is.
      if (isEmpty && loss === undefined) sink.close()
      else sink.error(loss ?? new TypeError("terminated", { cause }))
    }
  }
  function cancel(reason: unknown): void {
    body.cancel()
    body.break(reason)
  }
  return { start() {}, pull, cancel }
}
