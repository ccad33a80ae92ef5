import type { How } from "./options.ts"

/** Follows the text of a continuation along what the caller has already. */
export interface Follower {
  /** Whether from here on everything is new. */
  readonly caughtUp: boolean
  /** The new part of the next piece of text; `undefined` when it contradicts what was delivered. */
  next(text: string): string | undefined
  /** The text has ended: what was held back of it; `undefined` when it ended before it caught up. */
  finish(): string | undefined
}

export const createFollower = (how: How, delivered: string): Follower =>
  how === "splice" ? new Splice(delivered) : new Echo(delivered)

/** A text that begins anew: what was delivered must come again, letter by letter. */
class Splice implements Follower {
  #expected: string

  constructor(delivered: string) {
    this.#expected = delivered
  }

  get caughtUp(): boolean {
    return this.#expected === ""
  }

  next(text: string): string | undefined {
    if (this.#expected.startsWith(text)) {
      this.#expected = this.#expected.slice(text.length)
      return ""
    }
    if (!text.startsWith(this.#expected)) return undefined
    const fresh = text.slice(this.#expected.length)
    this.#expected = ""
    return fresh
  }

  finish(): string | undefined {
    return this.caughtUp ? "" : undefined
  }
}

/** Of a shorter text nobody can tell whether it goes on or begins anew: it may be said twice in earnest. */
export const tellingLength = 16

/**
 * A text that should go on. Some providers begin anew although they were asked to go on: as long as it may be such
 * an echo it is held back, for nothing may be delivered twice.
 */
class Echo implements Follower {
  readonly #delivered: string
  #held = ""
  caughtUp = false

  constructor(delivered: string) {
    this.#delivered = delivered
  }

  next(text: string): string {
    if (this.caughtUp) return text
    this.#held += text
    if (this.#held.length < this.#delivered.length && this.#delivered.startsWith(this.#held)) return ""
    return this.finish()
  }

  finish(): string {
    const held = this.#held
    this.#held = ""
    this.caughtUp = true
    return held.startsWith(this.#delivered) ? held.slice(this.#delivered.length) : held
  }
}
