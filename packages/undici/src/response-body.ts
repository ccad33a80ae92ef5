import type { Dispatcher } from "undici"

type Bytes = Uint8Array<ArrayBuffer>

/** So much may lie unread before the provider has to wait; undici's own limit. */
const maxUnreadBytes = 64 * 1024

/** What a reader does to the connection. */
type Flow = Pick<Dispatcher.DispatchController, "pause" | "resume">

/** The bytes of a response, on their way from the connection to whoever reads them. */
export class ResponseBody implements UnderlyingDefaultSource<Bytes> {
  /** Of no type: a byte stream costs several times as much, and would need a copy of every chunk. */
  readonly stream: ReadableStream<Bytes>
  readonly #flow: Flow
  readonly #giveUp: () => void
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #failure: TypeError | undefined
  /** Ended before its end by whoever asked for it. */
  isBroken = false

  constructor(flow: Flow, giveUp: () => void) {
    this.#flow = flow
    this.#giveUp = giveUp
    this.stream = new ReadableStream(this, { highWaterMark: 0, size: ({ length }) => length })
  }

  get #unreadBytes(): number {
    return -(this.#controller?.desiredSize ?? 0)
  }

  start(controller: ReadableStreamDefaultController<Bytes>): void {
    this.#controller = controller
  }

  /** Somebody waits, and nothing is left unread. */
  pull(controller: ReadableStreamDefaultController<Bytes>): void {
    if (this.#failure === undefined) this.#flow.resume()
    else controller.error(this.#failure)
  }

  /** Nobody reads on. */
  cancel(): void {
    this.#giveUp()
  }

  push({ buffer, byteOffset, length }: Buffer): void {
    this.#controller?.enqueue(new Uint8Array(buffer as ArrayBuffer, byteOffset, length))
    if (this.#unreadBytes >= maxUnreadBytes) this.#flow.pause()
  }

  end(): void {
    this.#controller?.close()
  }

  /** The connection is lost: what has come is still read. */
  fail(failure: TypeError): void {
    if (this.#unreadBytes > 0) this.#failure = failure
    else this.#controller?.error(failure)
  }

  /** Ends at once, whatever is left unread. */
  break(reason: unknown): void {
    this.isBroken = true
    this.#controller?.error(reason)
  }
}
