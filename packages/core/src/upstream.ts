import { classifyThrown } from "@bellwether/wire"
import type { Clock } from "./clock.ts"
import { brokenBody } from "./failures.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { abandoned } from "./stop.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** The one reader of a provider's body. A read ends when the provider says something or the attempt is over. */
export class Upstream {
  readonly #attempt: LiveAttempt
  readonly #reader: ReadableStreamDefaultReader<Bytes>
  #wake: ((end: undefined) => void) | undefined
  /** The provider has ended the body by itself. */
  ended = false

  constructor(attempt: LiveAttempt, body: ReadableStream<Bytes>) {
    this.#attempt = attempt
    this.#reader = body.getReader()
  }

  /** The next chunk; `undefined` at the end (`ended`) or when the attempt is over. A reset fails the attempt. */
  read(): Promise<Bytes | undefined> {
    if (this.ended || this.#attempt.ending !== undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#reader.read().then(
        ({ done, value }) => {
          if (!done && !ArrayBuffer.isView(value))
            return this.#break(new TypeError("The body is not made of bytes."))
          this.ended = done
          resolve(value)
        },
        (error: unknown) => this.#break(error),
      )
    })
  }

  #break(error: unknown): void {
    this.#attempt.fail(brokenBody(this.#attempt, classifyThrown(error, "body"), error))
    this.interrupt()
  }

  /** Wakes a pending read and gives the body up. */
  interrupt(): void {
    this.#wake?.(undefined)
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
