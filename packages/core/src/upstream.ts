import { classifyThrown } from "@bellwether/wire"
import type { ByteReader } from "./bare-response.ts"
import type { Clock } from "./clock.ts"
import { brokenBody } from "./failures.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { abandoned } from "./stop.ts"

type Bytes = Uint8Array<ArrayBuffer>

const nothing = Promise.resolve(undefined)

/** What is made of a chunk, or of the body's end (`undefined`), as soon as it is there. */
export type ChunkUse = (chunk: Bytes | undefined) => Bytes | undefined

/** The one reader of a provider's body. A read ends when the provider says something or the attempt is over. */
export class Upstream {
  readonly #attempt: LiveAttempt
  readonly #reader: ByteReader
  readonly #use: ChunkUse
  /** The provider has ended the body by itself. */
  ended = false

  constructor(attempt: LiveAttempt, reader: ByteReader, use: ChunkUse) {
    this.#attempt = attempt
    this.#reader = reader
    this.#use = use
  }

  /** What is made of the next chunk; `undefined` when the attempt is over. A reset fails the attempt. */
  read(): Promise<Bytes | undefined> {
    if (this.ended || this.#attempt.ending !== undefined) return nothing
    return this.#reader.read().then(this.#take, this.#break)
  }

  // Made once, for they are needed with every chunk.
  readonly #take = ({ done, value }: ReadableStreamReadResult<Bytes>): Bytes | undefined => {
    // What has been given up ends, too.
    if (this.#attempt.ending !== undefined) return undefined
    if (!done && !ArrayBuffer.isView(value))
      return this.#break(new TypeError("The body is not made of bytes."))
    this.ended = done
    // At once: a promise in between costs as much as all that is done with a chunk.
    return this.#use(value)
  }

  readonly #break = (error: unknown): undefined => {
    this.#attempt.fail(brokenBody(this.#attempt, classifyThrown(error, "body"), error))
    this.interrupt()
  }

  /** Gives the body up, which ends a pending read. */
  interrupt(): void {
    this.#reader.cancel(abandoned).catch(() => {})
  }

  /**
   * Lets a body that has said everything end by itself, so that its connection can be used again; one that
   * stays open is closed after a moment.
   */
  release(clock: Clock, graceMs: number): void {
    if (this.ended) return
    const timer = clock.after(graceMs, () => this.interrupt())
    const drain = (): Promise<void> =>
      this.#reader.read().then(
        ({ done }) => (done ? timer.cancel() : drain()),
        () => timer.cancel(),
      )
    void drain()
  }
}
