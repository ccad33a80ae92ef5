/** What a formula needs of a random source. `Random` of `@bellwether/core` has it. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number
}

/**
 * How long to wait before trying again. A pure function: what it remembers comes in as an argument, so one backoff
 * serves any number of calls.
 *
 * @param attempt which repeat is waited for: 1 for the first
 * @param previousMs the delay before the last repeat; 0 before the first
 * @returns milliseconds: finite, never negative, at most the cap
 */
export type Backoff = (attempt: number, previousMs: number, random: Chance) => number

/** The range a backoff stays in. */
export interface BackoffOptions {
  /**
   * Milliseconds the growth starts from.
   * @default 250
   */
  readonly baseMs?: number
  /**
   * The longest delay in milliseconds.
   * @default 8000
   */
  readonly capMs?: number
}

/** Runtimes fire at once when asked to wait longer than this: the opposite of backing off. */
export const longestDelayMs = 2 ** 31 - 1
