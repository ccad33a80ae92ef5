import type { Continuation, StreamEvent } from "./answer.ts"
import type { BodySource } from "./body-source.ts"
import { joinBytes } from "./bytes.ts"
import type { Delivery } from "./delivery.ts"
import { EventView } from "./event-view.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** The body of a delivery that goes on with another one's stream, fitted to what the caller has already. */
export class ContinuedBody implements BodySource {
  readonly #delivery: Delivery
  readonly #source: BodySource
  readonly #view: EventView
  readonly #rewrite: Continuation["rewrite"]
  /** It contradicts what the caller has; its attempt has been given up. */
  diverged = false

  constructor(delivery: Delivery, rewrite: Continuation["rewrite"]) {
    this.#delivery = delivery
    this.#source = delivery.body as BodySource
    this.#view = new EventView(delivery.attempt.call.operation.grammar)
    this.#rewrite = rewrite
  }

  get complete(): boolean {
    return this.#source.complete
  }

  async next(): Promise<Bytes | undefined> {
    const piece = await this.#source.next()
    if (piece === undefined) return undefined
    const fitted = this.#fit(piece)
    return this.diverged ? void this.#delivery.cancel() : joinBytes(fitted)
  }

  interrupt(): void {
    this.#source.interrupt()
  }

  /** What of a piece the caller has not got yet. */
  #fit(piece: Bytes): Bytes[] {
    const kept: Bytes[] = []
    for (const event of this.#view.read(piece)) {
      const fitted = this.#tryToFit(event)
      if (fitted === "diverged") {
        this.diverged = true
        return []
      }
      if (fitted !== "drop") kept.push(fitted.bytes)
    }
    return kept
  }

  /** A rewriting that fails does not fit. */
  #tryToFit(event: StreamEvent): ReturnType<Continuation["rewrite"]> {
    try {
      return this.#rewrite(event)
    } catch (error) {
      this.#delivery.attempt.call.report("stream-rewritten", error)
      return "diverged"
    }
  }
}
