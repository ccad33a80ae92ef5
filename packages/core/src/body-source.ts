import type { AnswerLabel, Usage } from "@bellwether/wire"

/** Where the answer body gets its bytes from. */
export interface BodySource {
  /** Nothing of the answer is missing: it may end cleanly from here on. */
  readonly complete: boolean
  /** What the answer has told of itself so far. */
  readonly label?: AnswerLabel | undefined
  /** What the answer has taken so far, roughly; for one that ends before the provider tells. */
  estimate?(): Usage
  /**
   * The next piece; an empty one where what has come is none yet. `undefined` when there is none: the attempt's ending
   * says why. Never rejects.
   */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>
  /**
   * The caller wants no more: reads on for the usage alone, and calls `end` when that has taken too long. `false` if it
   * does not.
   */
  drain?(end: () => void): boolean
  /** Wakes whoever waits for the next piece: the attempt is over. */
  interrupt(): void
}
