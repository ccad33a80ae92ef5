import { createEventScanner, createStreamReader } from "@bellwether/wire"
import type { Grammar } from "@bellwether/wire"
import type { StreamEvent } from "./answer.ts"

/** Reads pieces of a stream once more, event by event; only where a plugin goes on with cut streams. */
export class EventView {
  readonly #scanner = createEventScanner()
  readonly #reader

  constructor(grammar: Grammar | undefined) {
    this.#reader = createStreamReader(grammar)
  }

  /** The events of a piece. It ends with a whole one, if only because the stream ends there. */
  read(piece: Uint8Array<ArrayBuffer>): StreamEvent[] {
    const events = [...this.#scanner.push(piece)]
    const last = this.#scanner.flush()
    if (last !== undefined) events.push({ ...last, end: piece.length })
    let start = 0
    return events.map((event) => {
      const bytes = piece.subarray(start, event.end)
      start = event.end
      const { data, type } = event
      return { bytes, data, ...(type !== undefined && { type }), facts: this.#reader.read(event) }
    })
  }
}
