import { createEventScanner, createStreamReader } from "@bellwether/wire"
import type { Grammar } from "@bellwether/wire"

/** Collects the plain text the caller has been given; only where somebody may need it to go on. */
export class DeliveredText {
  readonly #scanner = createEventScanner()
  readonly #reader
  text = ""

  constructor(grammar: Grammar | undefined) {
    this.#reader = createStreamReader(grammar)
  }

  add(piece: Uint8Array): void {
    for (const event of this.#scanner.push(piece)) this.text += this.#reader.read(event).text ?? ""
  }
}
