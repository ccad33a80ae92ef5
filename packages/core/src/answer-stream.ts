import { errorEvent, failureTable } from "@bellwether/wire"
import type { Cut } from "./answer.ts"
import type { BodySource } from "./body-source.ts"
import { createContinuedBody } from "./continued-body.ts"
import type { Delivery } from "./delivery.ts"
import { DeliveredText } from "./delivered-text.ts"
import type { Failure } from "./failure.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { LiveCall } from "./live-call.ts"
import { pipelineError } from "./call-error.ts"
import { cancelled, forgotten } from "./stop.ts"
import type { Stop } from "./stop.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** Ends the calls whose answer was dropped before it was read to its end. */
const dropped = new FinalizationRegistry<LiveCall>((call) => {
  call.stop(forgotten)
  call.end(forgotten.failure)
})

/**
 * The body the caller reads: the winning attempt's, piece by piece as the caller asks; after a cut another
 * attempt's, where a plugin can go on; else an error that every SDK raises, never a clean end.
 */
export class AnswerStream implements UnderlyingDefaultSource<Bytes> {
  readonly #delivery: Delivery
  readonly #call: LiveCall
  readonly #inEvents: boolean
  readonly #text: DeliveredText | undefined
  #attempt: LiveAttempt
  #source: BodySource
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #error: Error | undefined
  #isOver = false

  constructor(delivery: Delivery, source: BodySource, inEvents: boolean) {
    this.#delivery = delivery
    this.#call = delivery.attempt.call
    this.#attempt = delivery.attempt
    this.#source = source
    this.#inEvents = inEvents
    if (delivery.goOn !== undefined) this.#text = new DeliveredText(this.#call.operation.grammar)
  }

  start(controller: ReadableStreamDefaultController<Bytes>): void {
    this.#controller = controller
    // Held weakly, so that a body the caller has dropped unread can be collected, and its call be ended.
    const self = new WeakRef(this)
    this.#call.onStop((stop) => self.deref()?.stopped(stop))
    dropped.register(this, this.#call)
  }

  async pull(controller: ReadableStreamDefaultController<Bytes>): Promise<void> {
    if (this.#error !== undefined) return controller.error(this.#error)
    const piece = (await this.#source.next()) ?? (await this.#afterCut())
    if (this.#isOver) return
    if (piece !== undefined) {
      this.#text?.add(piece)
      return controller.enqueue(piece)
    }
    const failure = this.#attempt.ending?.failure
    this.#call.end(failure)
    if (failure === undefined) return controller.close()
    this.#tell(failure, controller)
  }

  /** The caller wants no more. */
  cancel(reason: unknown): void {
    this.#isOver = true
    this.#call.onStop(undefined)
    this.#call.stop(cancelled(reason))
    this.#call.end(this.#attempt.ending?.failure)
  }

  /** The call was ended from outside. */
  stopped({ failure, reason }: Stop): void {
    this.#isOver = true
    this.#controller?.error(failure.class === "cancelled" ? reason : pipelineError(failure, this.#call))
    this.#call.end(failure)
  }

  /** The first piece of a continuation, if the body was cut and a plugin can go on. */
  async #afterCut(): Promise<Bytes | undefined> {
    const { goOn } = this.#delivery
    const first = this.#attempt.ending?.failure
    if (goOn === undefined || first === undefined || first.class === "cancelled") return undefined
    for (;;) {
      const cut: Cut = { failure: first, attempt: this.#attempt, deliveredText: this.#text?.text ?? "" }
      const continuation = await goOn(cut).catch(() => undefined)
      if (continuation === undefined) return undefined
      const next = continuation.answer as Delivery
      const body = createContinuedBody(next, continuation.rewrite)
      const piece = await body.next()
      if (body.diverged) continue
      this.#attempt = next.attempt
      this.#source = body
      return piece
    }
  }

  #tell(failure: Failure, controller: ReadableStreamDefaultController<Bytes>): void {
    this.#error = pipelineError(failure, this.#call)
    if (!this.#inEvents) return controller.error(this.#error)
    const { code, provider } = failure
    const message = provider?.message ?? failure.message
    const type = provider?.type ?? failureTable[failure.class].type
    controller.enqueue(errorEvent(this.#call.operation.grammar, { message, type, code }))
  }
}
