import { errorEvent, failureTable } from "@bellwether/wire"
import type { Continuation, Cut, CutHandler } from "./answer.ts"
import type { BodySource } from "./body-source.ts"
import { ContinuedBody } from "./continued-body.ts"
import { Delivery } from "./delivery.ts"
import { EventView } from "./event-view.ts"
import type { Failure } from "./failure.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { LiveCall } from "./live-call.ts"
import { pipelineError } from "./call-error.ts"
import type { ByteSink, ByteSource } from "./source-reader.ts"
import { cancelled, forgotten } from "./stop.ts"
import type { Stop } from "./stop.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** What a dropped answer leaves behind. */
interface Estate {
  /** Absent from its end on: the registry holds what it is given until long after the answer was collected. */
  call: LiveCall | undefined
}

/** Ends the calls whose answer was dropped before it was read to its end. */
const dropped = new FinalizationRegistry<Estate>(({ call }) => {
  call?.stop(forgotten)
  call?.end(forgotten.failure)
})

/**
 * The body the caller reads: the winning attempt's, piece by piece as the caller asks; after a cut another
 * attempt's, where a plugin can go on; else an error that every SDK raises, never a clean end.
 */
export class AnswerStream implements ByteSource {
  readonly #call: LiveCall
  readonly #estate: Estate
  readonly #inEvents: boolean
  #handler: CutHandler | undefined
  #view: EventView | undefined
  #attempt: LiveAttempt
  #source: BodySource | ContinuedBody
  #sink: ByteSink | undefined
  #firstCut: Failure | undefined
  /** What the next read throws. */
  #broken: { readonly error: unknown } | undefined
  #isOver = false

  constructor(delivery: Delivery, source: BodySource, inEvents: boolean) {
    this.#call = delivery.attempt.call
    this.#attempt = delivery.attempt
    this.#attempt.isDelivered = true
    this.#source = source
    this.#inEvents = inEvents
    this.#handler = inEvents ? delivery.cutHandler : undefined
    // Held weakly, so that a body the caller has dropped unread can be collected, and its call be ended.
    const self = new WeakRef(this)
    this.#call.onStop((stop) => self.deref()?.stopped(stop))
    this.#estate = { call: this.#call }
    dropped.register(this, this.#estate)
  }

  start(sink: ByteSink): void {
    this.#sink = sink
  }

  pull(sink: ByteSink): Promise<void> | void {
    if (this.#broken !== undefined) return sink.error(this.#broken.error)
    return this.#source.next().then(this.#take)
  }

  /** Hands on what has come; only where nothing has is there anything to wait for. */
  readonly #take = (piece: Bytes | undefined): Promise<void> | void => {
    if (piece === undefined || piece.length === 0) return this.#seek(piece)
    this.#give(piece)
  }

  async #seek(nothingYet: Bytes | undefined): Promise<void> {
    const piece = (nothingYet && (await this.#next())) ?? (await this.#afterCut())
    if (piece !== undefined) return this.#give(piece)
    if (this.#isOver) return
    const failure = this.#cut && (this.#firstCut ?? this.#cut)
    this.#end(failure)
    if (failure === undefined) this.#sink?.close()
    else this.#tell(failure)
  }

  #give(piece: Bytes): void {
    if (this.#isOver) return
    this.#show(piece)
    this.#sink?.enqueue(piece)
  }

  /** The caller wants no more. */
  cancel(reason: unknown): void {
    const stop = cancelled(reason)
    const failure = this.#source.complete ? undefined : stop.failure
    this.#isOver = true
    this.#call.onStop(undefined)
    this.#call.stop(stop)
    const { ending } = this.#attempt
    this.#leave(ending === undefined ? failure : ending.failure)
  }

  /** The call was ended from outside. */
  stopped({ failure, reason }: Stop): void {
    this.#isOver = true
    this.#breakOff(failure.class === "cancelled" ? reason : pipelineError(failure, this.#call))
    this.#leave(failure)
  }

  /** The caller is gone. The call ends with its attempt, which may still be read for its usage. */
  #leave(failure: Failure | undefined): void {
    this.#call.onStop((stop) => {
      if (stop.failure.class !== "cancelled") this.#attempt.stop(stop)
    })
    this.#attempt.whenOver(() => this.#end(failure))
  }

  #end(failure: Failure | undefined): void {
    this.#call.end(failure)
    this.#estate.call = undefined
  }

  /** Lets the handler see what the caller is given; one that throws can no longer go on. */
  #show(piece: Bytes): void {
    if (this.#handler === undefined) return
    this.#view ??= new EventView(this.#call.operation.grammar)
    try {
      for (const event of this.#view.read(piece)) this.#handler.delivered(event)
    } catch (error) {
      this.#handler = undefined
      this.#call.report("stream-delivered", error)
    }
  }

  /** Why the body gives no more; `undefined` when nothing of it is missing. */
  get #cut(): Failure | undefined {
    // A continuation that contradicts what was delivered is none, however well its attempt has ended.
    const hasDiverged = this.#source instanceof ContinuedBody && this.#source.diverged
    return hasDiverged ? this.#firstCut : this.#attempt.ending?.failure
  }

  async #next(): Promise<Bytes | undefined> {
    let piece = await this.#source.next()
    while (piece?.length === 0) piece = await this.#source.next()
    return piece
  }

  /** The first piece of a continuation, if the body was cut and somebody can go on. */
  async #afterCut(): Promise<Bytes | undefined> {
    for (let cut = this.#cut; cut !== undefined && cut.class !== "cancelled"; cut = this.#cut) {
      this.#firstCut ??= cut
      const continuation = await this.#goOn({ failure: this.#firstCut, attempt: this.#attempt })
      if (continuation === undefined) return undefined
      this.#attempt = continuation.delivery.attempt
      this.#attempt.isDelivered = true
      this.#source = new ContinuedBody(continuation.delivery, continuation.rewrite)
      const piece = await this.#next()
      if (piece !== undefined) return piece
    }
    return undefined
  }

  /** A handler that throws can not go on. */
  async #goOn(cut: Cut): Promise<{ delivery: Delivery; rewrite: Continuation["rewrite"] } | undefined> {
    try {
      const continuation = await this.#handler?.goOn(cut)
      if (continuation === undefined) return undefined
      const { answer, rewrite } = continuation
      if (!(answer instanceof Delivery) || answer.attempt === cut.attempt)
        throw new TypeError("A stream goes on with the answer of another attempt.")
      return { delivery: answer, rewrite }
    } catch (error) {
      this.#call.report("stream-cut", error)
      return undefined
    }
  }

  #tell(failure: Failure): void {
    const error = pipelineError(failure, this.#call)
    if (!this.#inEvents) return this.#breakOff(error)
    this.#broken = { error }
    const { code, provider } = failure
    const message = provider?.message ?? failure.message
    const type = provider?.type ?? failureTable[failure.class].type
    this.#sink?.enqueue(errorEvent(this.#call.operation.grammar, { message, type, code }))
  }

  #breakOff(error: unknown): void {
    this.#broken = { error }
    this.#sink?.error(error)
  }
}
