import { createEventScanner, createStreamReader, estimateInput } from "@bellwether/wire"
import type { AnswerLabel, Classified, ProviderError, StreamFacts, Usage } from "@bellwether/wire"
import type { ByteReader } from "./bare-response.ts"
import type { BodySource } from "./body-source.ts"
import { joinBytes, noBytes } from "./bytes.ts"
import type { Clock } from "./clock.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Failure } from "./failure.ts"
import { malformedStream, streamCut, streamError } from "./failures.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { RequestBody } from "./request.ts"
import { withoutKeys } from "./scrub.ts"
import { Upstream } from "./upstream.ts"
import type { ChunkUse } from "./upstream.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** A preamble larger than this is let through: it is no preamble. */
const maxPreambleBytes = 256 * 1024
/** How long a finished stream may take to close its connection. */
const closeGraceMs = 1_000

/** What an event stream is read with. */
export interface EventBodyOptions {
  readonly clock: Clock
  readonly classify: (error: ProviderError) => Classified
  /** The body it answers. */
  readonly request: RequestBody | undefined
  /** Who answers. */
  readonly endpoint: Endpoint
}

/**
 * An event stream, read once for everybody: it watches, holds back the preamble until the first content, and
 * hands on whole events only, so that an error can always be put behind the last one.
 */
export class EventBody implements BodySource {
  readonly #attempt: LiveAttempt
  readonly #upstream: Upstream
  readonly #options: EventBodyOptions
  readonly #isKnown: boolean
  readonly #scanner = createEventScanner()
  readonly #events
  readonly #preamble: Bytes[] = []
  #preambleBytes = 0
  #tail: Bytes[] = []
  #afterward: Failure | undefined
  #hasError = false

  constructor(attempt: LiveAttempt, body: ByteReader, options: EventBodyOptions) {
    const { choices, operation } = attempt.call
    this.#attempt = attempt
    this.#options = options
    this.#upstream = new Upstream(attempt, body, this.#use)
    this.#isKnown = operation.grammar !== undefined
    this.#events = createStreamReader(operation.grammar, { choices })
  }

  get complete(): boolean {
    // The last word of a stream may be that it failed.
    const isOver = this.#events.final && !this.#hasError
    // Where nobody knows the words, only the provider's own end says that nothing is missing.
    return isOver || (this.#events.complete && (this.#isKnown || this.#upstream.ended))
  }

  get label(): AnswerLabel | undefined {
    return withoutKeys(this.#events.label, this.#options.endpoint)
  }

  estimate(): Usage {
    const { request } = this.#options
    const input = typeof request === "string" || request instanceof Uint8Array ? estimateInput(request) : 0
    return { input, output: this.#events.estimatedOutput, estimated: true }
  }

  /** Reads until the commit point. The attempt has committed or failed when it resolves. */
  async hold(): Promise<void> {
    while (!this.#attempt.committed && this.#attempt.ending === undefined) {
      const piece = await this.#upstream.read()
      if (piece === undefined || piece.length === 0) continue
      this.#preamble.push(piece)
      this.#preambleBytes += piece.length
      if (this.#preambleBytes > maxPreambleBytes) this.#attempt.commit()
    }
  }

  next(): Promise<Bytes | undefined> {
    const held = this.#preamble.shift()
    if (held !== undefined) return Promise.resolve(held)
    if (this.#afterward !== undefined) this.#attempt.fail(this.#afterward)
    if (this.#attempt.ending === undefined) this.#attempt.reading(true)
    return this.#upstream.read()
  }

  drain(end: () => void): boolean {
    const { clock, endpoint } = this.#options
    const { drainMs } = endpoint
    if (drainMs === 0) return false
    const timer = clock.after(drainMs, end)
    void this.#readOn().then(() => timer.cancel())
    return true
  }

  async #readOn(): Promise<void> {
    while (this.#attempt.ending === undefined) await this.next()
  }

  interrupt(): void {
    this.#upstream.interrupt()
  }

  /** What the caller gets of a chunk, or at the end of the body. */
  readonly #use: ChunkUse = (chunk) => {
    const piece = chunk === undefined ? this.#end() : this.#take(chunk)
    if (this.#attempt.ending !== undefined) return piece
    this.#attempt.reading(false)
    return piece ?? noBytes
  }

  /** Reads the events of a chunk; gives back the bytes that end with a whole event. */
  #take(chunk: Bytes): Bytes | undefined {
    const events = this.#scanner.push(chunk)
    let end = 0
    for (const event of events) {
      const failure = this.#judge(this.#events.read(event))
      if (failure !== undefined) {
        if (!this.#attempt.committed) return void this.#attempt.fail(failure)
        this.#afterward = failure
        break
      }
      end = event.end
    }
    if (this.#events.final && this.#afterward === undefined) {
      this.#finish()
      return this.#withTail(chunk)
    }
    if (end === 0) {
      if (this.#afterward === undefined) this.#tail.push(chunk)
      return undefined
    }
    const piece = this.#withTail(end === chunk.length ? chunk : chunk.subarray(0, end))
    if (end < chunk.length && this.#afterward === undefined) this.#tail.push(chunk.subarray(end))
    return piece
  }

  /** What one event means for the attempt; a failure when it ends it. */
  #judge(facts: StreamFacts): Failure | undefined {
    if (facts.usage !== undefined) this.#attempt.used(facts.usage)
    if (facts.id !== undefined && this.#attempt.call.operation.name === "responses")
      this.#attempt.keeps(facts.id)
    switch (facts.kind) {
      case "error":
        this.#hasError = true
        return streamError(this.#attempt, this.#options.classify(facts.error ?? {}))
      case "malformed":
        // After commit the caller gets it as it came: it may understand what we do not.
        return this.#attempt.committed ? undefined : malformedStream(this.#attempt)
      case "other":
        return undefined
      case "progress":
        break
      case "content":
      case "finish":
      case "final":
        if (facts.kind === "content" || this.complete) this.#attempt.commit()
    }
    this.#attempt.progress()
    return undefined
  }

  /** The body gave no more: an honest end, a cut, or an attempt that was ended elsewhere. */
  #end(): Bytes | undefined {
    if (this.#attempt.ending !== undefined || !this.#upstream.ended) return undefined
    const failure = this.#judgeLast()
    if (failure !== undefined) return void this.#attempt.fail(failure)
    if (!this.complete) return void this.#attempt.fail(streamCut(this.#attempt))
    this.#attempt.commit()
    this.#finish()
    return this.#tail.length === 0 ? undefined : this.#takeTail()
  }

  /** Behind the last blank line stands half an event and is dropped, unless it tells why the stream ends. */
  #judgeLast(): Failure | undefined {
    const wasComplete = this.#events.complete
    const last = this.#scanner.flush()
    const facts = last && this.#events.read(last)
    const isEnd = this.#events.final || this.#events.complete !== wasComplete
    if (facts !== undefined && (isEnd || facts.kind === "error" || !this.#isKnown)) return this.#judge(facts)
    this.#tail = []
    return undefined
  }

  #finish(): void {
    this.#attempt.succeed()
    this.#upstream.release(this.#options.clock, closeGraceMs)
  }

  #withTail(piece: Bytes): Bytes {
    if (this.#tail.length === 0) return piece
    this.#tail.push(piece)
    return this.#takeTail()
  }

  #takeTail(): Bytes {
    const joined = joinBytes(this.#tail)
    this.#tail = []
    return joined
  }
}
