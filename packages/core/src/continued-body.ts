import { createEventScanner, createStreamReader } from "@bellwether/wire"
import type { Continuation } from "./answer.ts"
import type { BodySource } from "./body-source.ts"
import { joinBytes } from "./bytes.ts"
import type { Delivery } from "./delivery.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** A continuation's body, fitted event by event to what the caller has already. */
export interface ContinuedBody extends BodySource {
  /** It did not fit before anything of it was delivered; its attempt has been given up. */
  readonly diverged: boolean
}

/** Wraps the body of a delivery that goes on with another one's stream. */
export function createContinuedBody(delivery: Delivery, rewrite: Continuation["rewrite"]): ContinuedBody {
  const source = delivery.body as BodySource
  const scanner = createEventScanner()
  const reader = createStreamReader(delivery.attempt.call.operation.grammar)
  let delivered = false
  let diverged = false

  /** The events of a piece that the caller has not got yet; `undefined` when they contradict what it got. */
  function fit(piece: Bytes): Bytes | undefined {
    const kept: Bytes[] = []
    let start = 0
    for (const event of scanner.push(piece)) {
      const bytes = piece.subarray(start, event.end)
      start = event.end
      const facts = reader.read(event)
      const fitted = rewrite({ bytes, data: event.data, facts })
      if (fitted === "diverged") return undefined
      if (fitted !== "drop") kept.push(fitted.bytes as Bytes)
    }
    return joinBytes(kept)
  }

  async function next(): Promise<Bytes | undefined> {
    for (;;) {
      const piece = await source.next()
      if (piece === undefined) return undefined
      const fitted = fit(piece)
      if (fitted === undefined) {
        diverged = !delivered
        delivery.cancel()
        return undefined
      }
      if (fitted.length === 0) continue
      delivered = true
      return fitted
    }
  }

  return {
    next,
    interrupt: () => source.interrupt(),
    get complete() {
      return source.complete
    },
    get diverged() {
      return diverged
    },
  }
}
