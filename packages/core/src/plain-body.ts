import type { BodySource } from "./body-source.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { emptyAnswer } from "./failures.ts"
import { Upstream } from "./upstream.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** A body nobody judges (audio, files): its first byte commits, and it goes through as it comes. */
export class PlainBody implements BodySource {
  readonly #attempt: LiveAttempt
  readonly #upstream: Upstream
  readonly #mayBeEmpty: boolean
  #first: Bytes | undefined
  /** Only its end tells that nothing is missing. */
  readonly complete = false

  constructor(attempt: LiveAttempt, body: ReadableStream<Bytes>, mayBeEmpty: boolean) {
    this.#attempt = attempt
    this.#upstream = new Upstream(attempt, body)
    this.#mayBeEmpty = mayBeEmpty
  }

  /** Reads the first bytes. The attempt has committed or failed when it resolves. */
  async hold(): Promise<void> {
    this.#first = await this.#read()
  }

  async next(): Promise<Bytes | undefined> {
    const first = this.#first
    this.#first = undefined
    if (first !== undefined) return first
    if (this.#attempt.ending !== undefined) return undefined
    this.#attempt.reading(true)
    const chunk = await this.#read()
    if (this.#attempt.ending === undefined) this.#attempt.reading(false)
    return chunk
  }

  interrupt(): void {
    this.#upstream.interrupt()
  }

  async #read(): Promise<Bytes | undefined> {
    let chunk = await this.#upstream.read()
    while (chunk?.length === 0) chunk = await this.#upstream.read()
    if (chunk !== undefined) {
      this.#attempt.commit()
      this.#attempt.progress()
    } else if (this.#upstream.ended && this.#attempt.ending === undefined) {
      if (!this.#attempt.committed && !this.#mayBeEmpty)
        return void this.#attempt.fail(emptyAnswer(this.#attempt))
      this.#attempt.commit()
      this.#attempt.succeed()
    }
    return chunk
  }
}
