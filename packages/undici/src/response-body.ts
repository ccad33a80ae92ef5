import type { ByteSink, ByteSource } from "@bellwether/core"
import type { Dispatcher } from "undici"

type Bytes = Uint8Array<ArrayBuffer>

/** So much may lie unread before the provider has to wait; undici's own limit. */
const maxUnreadBytes = 64 * 1024

/** What a reader does to the connection. */
type Flow = Pick<Dispatcher.DispatchController, "pause" | "resume">

/**
 * The bytes of a response, on their way from the connection to whoever reads them. A read gives everything that has
 * come: events that came together are worth one read, not one each.
 */
export class ResponseBody implements ByteSource {
  readonly #flow: Flow
  readonly #giveUp: () => void
  #sink: ByteSink | undefined
  #unread: Buffer[] = []
  #unreadBytes = 0
  #isAwaited = false
  #isComplete = false
  #failure: TypeError | undefined
  /** Ended before its end by whoever asked for it. */
  isBroken = false

  constructor(flow: Flow, giveUp: () => void) {
    this.#flow = flow
    this.#giveUp = giveUp
  }

  start(sink: ByteSink): void {
    this.#sink = sink
  }

  pull(sink: ByteSink): void {
    if (this.#unreadBytes > 0) return sink.enqueue(this.#takeUnread())
    this.#isAwaited = true
    if (this.#failure !== undefined || this.#isComplete) this.#settle()
    else this.#flow.resume()
  }

  /** Nobody reads on. */
  cancel(): void {
    this.#giveUp()
  }

  push(chunk: Buffer): void {
    if (this.#isAwaited) {
      this.#isAwaited = false
      return this.#sink?.enqueue(bytesOf(chunk))
    }
    this.#unread.push(chunk)
    this.#unreadBytes += chunk.length
    if (this.#unreadBytes >= maxUnreadBytes) this.#flow.pause()
  }

  end(): void {
    this.#isComplete = true
    this.#settle()
  }

  /** The connection is lost: what has come is still read. */
  fail(failure: TypeError): void {
    this.#failure = failure
    this.#settle()
  }

  /** Ends at once, whatever is left unread. */
  break(reason: unknown): void {
    this.isBroken = true
    this.#sink?.error(reason)
  }

  /** Tells how it ended to whoever waits for more. */
  #settle(): void {
    if (!this.#isAwaited) return
    if (this.#failure === undefined) this.#sink?.close()
    else this.#sink?.error(this.#failure)
  }

  #takeUnread(): Bytes {
    const pieces = this.#unread
    const length = this.#unreadBytes
    this.#unread = []
    this.#unreadBytes = 0
    const [first] = pieces
    return pieces.length === 1 && first !== undefined ? bytesOf(first) : joined(pieces, length)
  }
}

/** A plain array over the same bytes: a `Buffer` is something else in too many ways. */
const bytesOf = ({ buffer, byteOffset, length }: Buffer): Bytes =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, length)

function joined(pieces: readonly Buffer[], length: number): Bytes {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
