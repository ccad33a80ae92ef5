import type { IncomingHttpHeaders } from "node:http"
import { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import type { Outgoing } from "./outgoing.ts"
import { ResponseBody } from "./response-body.ts"
import { mayHaveBody } from "./response.ts"
import type { ResponseHead } from "./response.ts"

/** Made once: undici wants an error of an exchange that is given up, and nobody gets to see it. */
const givenUp = new DOMException("This exchange was given up.", "AbortError")

/** Whom an exchange tells of its response. */
export interface Settle {
  /** @throws what makes it no response */
  resolve(head: ResponseHead, body: ResponseBody | undefined): void
  reject(reason: unknown): void
}

/** One request and its response. Whatever ends it meets in `#finish`. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: Outgoing
  readonly #signal: AbortSignal | null | undefined
  readonly #settle: Settle
  #controller: Dispatcher.DispatchController | undefined
  #body: ResponseBody | undefined
  #isOver = false

  constructor(request: Outgoing, signal: AbortSignal | null | undefined, settle: Settle) {
    this.#request = request
    this.#signal = signal
    this.#settle = settle
    signal?.addEventListener("abort", this)
  }

  /** The caller aborts. */
  handleEvent(): void {
    const reason: unknown = this.#signal?.reason
    this.#giveUp()
    this.#settle.reject(reason)
    this.#body?.break(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Undici knows nothing of a request's end before it begins.
    if (this.#isOver) controller.abort(givenUp)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = "",
  ): void {
    if (status < 200) return
    if (mayHaveBody(this.#request.method, status))
      this.#body = new ResponseBody(controller, () => this.#giveUp())
    this.#settle.resolve({ status, statusText, headers }, this.#body)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk)
  }

  onResponseEnd(): void {
    this.#finish()
    this.#body?.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#isOver) return
    this.#finish()
    this.#settle.reject(new TypeError("fetch failed", { cause }))
    this.#body?.fail(new TypeError("terminated", { cause }))
  }

  /** Nobody wants the response any more. */
  #giveUp(): void {
    if (this.#isOver) return
    this.#finish()
    this.#controller?.abort(givenUp)
  }

  #finish(): void {
    this.#isOver = true
    this.#signal?.removeEventListener("abort", this)
    // The server may have said enough before it was told everything.
    if (this.#request.body instanceof Readable) this.#request.body.destroy()
  }
}
