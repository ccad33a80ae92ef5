import { longestDelayMs } from "./backoff.ts"
import type { BackoffOptions, Chance } from "./backoff.ts"

/** Checked options with their defaults. */
export interface Range {
  /** At most the cap. */
  readonly baseMs: number
  readonly capMs: number
}

export const rangeOf = ({ baseMs = 250, capMs = 8000 }: BackoffOptions): Range => {
  refuseUnless(baseMs >= 0, `baseMs must be a number of milliseconds of at least 0, not ${baseMs}.`)
  refuseUnless(capMs >= 0, `capMs must be a number of milliseconds of at least 0, not ${capMs}.`)
  const cap = Math.min(capMs, longestDelayMs)
  return { baseMs: Math.min(baseMs, cap), capMs: cap }
}

export const refuseUnless = (isRight: boolean, sentence: string): void => {
  if (!isRight) throw new RangeError(sentence)
}

/** A delay anywhere between two others. */
export const between = (lowMs: number, highMs: number, random: Chance): number =>
  lowMs + (highMs - lowMs) * random.next()
