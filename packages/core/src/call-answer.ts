import { isEventStream } from "@bellwether/wire"
import { AnswerStream } from "./answer-stream.ts"
import type { ByteReader, ResponseHeaders } from "./bare-response.ts"
import type { Call } from "./call.ts"
import type { Delivery } from "./delivery.ts"
import { fitsHeader } from "./secret-key.ts"
import { SourceReader } from "./source-reader.ts"
import { withTrail } from "./trail-headers.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** The answer of a call, at the outer edge. Whoever takes it takes its `body` or its `response`: it is read once. */
export class CallAnswer {
  readonly ok = true
  readonly call: Call
  readonly headers: ResponseHeaders
  readonly #delivery: Delivery
  readonly #content: undefined | Bytes | AnswerStream
  #reader: ByteReader | undefined
  #response: Response | undefined

  constructor(delivery: Delivery) {
    const { attempt, body, headers } = delivery
    this.call = attempt.call
    this.headers = withTrail(headers, attempt.call, attempt.target)
    this.#delivery = delivery
    if (body === undefined || body instanceof Uint8Array) {
      attempt.call.end(undefined)
      this.#content = body
    } else {
      this.#content = new AnswerStream(delivery, body, isEventStream(headers.get("content-type")))
    }
  }

  get status(): number {
    return this.#delivery.status
  }

  get body(): undefined | Bytes | ByteReader {
    const content = this.#content
    return content instanceof AnswerStream ? (this.#reader ??= new SourceReader(content)) : content
  }

  get response(): Response {
    return (this.#response ??= this.#made())
  }

  #made(): Response {
    const { status, statusText, headers, origin } = this.#delivery.response
    const content = this.#content
    // Nothing was read of it and nothing has to be said with it: it can go as it came.
    if (content === undefined && origin !== undefined && headers === this.headers) return origin
    const body = content instanceof AnswerStream ? new ReadableStream(content, { highWaterMark: 0 }) : content
    return new Response(body ?? null, {
      status,
      statusText: fitsHeader(statusText) ? statusText : "",
      headers: this.headers instanceof Headers ? this.headers : [...this.headers],
    })
  }
}
