import type { ByteReader } from "./bare-response.ts"

type Bytes = Uint8Array<ArrayBuffer>
type Read = ReadableStreamReadResult<Bytes>

const over: Read = { done: true, value: undefined }

/** What tells a reader of the next piece, or of the end: the web's controller of a stream is such. */
export type ByteSink = Pick<ReadableStreamDefaultController<Bytes>, "enqueue" | "close" | "error">

/** Where a body comes from, piece by piece as it is asked for; `new ReadableStream(source)` takes one, too. */
export interface ByteSource {
  start(sink: ByteSink): void
  pull(sink: ByteSink): Promise<void> | void
  cancel(reason: unknown): void
}

/** Reads a source as the reader of a stream would, without the stream. One read at a time, as there is no queue. */
export class SourceReader implements ByteReader {
  readonly #source: ByteSource
  #waiting: PromiseWithResolvers<Read> | undefined
  /** How reads end from now on. */
  #end: { readonly error?: unknown } | undefined

  constructor(source: ByteSource) {
    this.#source = source
    source.start(this)
  }

  read(): Promise<Read> {
    if (this.#end !== undefined)
      return "error" in this.#end ? Promise.reject(this.#end.error) : Promise.resolve(over)
    const waiting = Promise.withResolvers<Read>()
    this.#waiting = waiting
    this.#source.pull(this)?.catch((error: unknown) => this.error(error))
    return waiting.promise
  }

  async cancel(reason?: unknown): Promise<void> {
    if (this.#end !== undefined) return
    this.close()
    this.#source.cancel(reason)
  }

  enqueue(value: Bytes): void {
    this.#waiting?.resolve({ done: false, value })
  }

  close(): void {
    this.#waiting?.resolve(over)
    this.#end ??= {}
  }

  error(error: unknown): void {
    this.#waiting?.reject(error)
    this.#end ??= { error }
  }
}
