import type { ByteReader } from "./bare-response.ts"
import type { BodySource } from "./body-source.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { emptyAnswer } from "./failures.ts"
import { Upstream } from "./upstream.ts"
import type { ChunkUse } from "./upstream.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** A body nobody judges (audio, files): its first byte commits, and it goes through as it comes. */
export class PlainBody implements BodySource {
  readonly #attempt: LiveAttempt
  readonly #upstream: Upstream
  readonly #mayBeEmpty: boolean
  #first: Bytes | undefined
  /** Only its end tells that nothing is missing. */
  readonly complete = false

  constructor(attempt: LiveAttempt, body: ByteReader, mayBeEmpty: boolean) {
    this.#attempt = attempt
    this.#upstream = new Upstream(attempt, body, this.#use)
    this.#mayBeEmpty = mayBeEmpty
  }

  /** Reads the first bytes. The attempt has committed or failed when it resolves. */
  async hold(): Promise<void> {
    do this.#first = await this.#upstream.read()
    while (this.#first?.length === 0)
  }

  next(): Promise<Bytes | undefined> {
    const first = this.#first
    this.#first = undefined
    if (first !== undefined) return Promise.resolve(first)
    if (this.#attempt.ending === undefined) this.#attempt.reading(true)
    return this.#upstream.read()
  }

  interrupt(): void {
    this.#upstream.interrupt()
  }

  readonly #use: ChunkUse = (chunk) => {
    if (chunk === undefined) this.#end()
    else if (chunk.length > 0) {
      this.#attempt.commit()
      this.#attempt.progress()
    }
    if (this.#attempt.ending === undefined) this.#attempt.reading(false)
    return chunk
  }

  #end(): void {
    if (!this.#attempt.committed && !this.#mayBeEmpty) return this.#attempt.fail(emptyAnswer(this.#attempt))
    this.#attempt.commit()
    this.#attempt.succeed()
  }
}
