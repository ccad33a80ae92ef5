import type { CutHandler, Delivered } from "./answer.ts"
import type { BareResponse, ResponseHeaders } from "./bare-response.ts"
import type { BodySource } from "./body-source.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { superseded } from "./stop.ts"

/** What the caller will read: nothing, bytes that are all there, or a body still being read. */
export type AnswerBody = undefined | Uint8Array<ArrayBuffer> | BodySource

/** The answer of an attempt that has committed. */
export class Delivery implements Delivered {
  readonly ok = true
  readonly attempt: LiveAttempt
  readonly response: BareResponse
  readonly body: AnswerBody
  cutHandler: CutHandler | undefined

  constructor(attempt: LiveAttempt, response: BareResponse, body?: AnswerBody) {
    this.attempt = attempt
    this.response = response
    this.body = body
  }

  get status(): number {
    return this.response.status
  }

  get headers(): ResponseHeaders {
    return this.response.headers
  }

  onCut(handler: CutHandler): void {
    this.cutHandler = handler
  }

  cancel(): void {
    this.attempt.stop(superseded)
  }
}
