import type { Ending } from "@bellwether/core"

/** What attempts at a target are as a rule: moving averages. Plain data. */
export interface Usual {
  /** Of one attempt, its answer included. */
  readonly tokens: number
  readonly answerTokens: number
  readonly durationMs: number
}

/** Before anything is known. */
export const unknown: Usual = { tokens: 0, answerTokens: 0, durationMs: 1_000 }

/** The newest counts for so much. */
const weight = 0.1

/** After one more attempt that was answered. */
export function withOneMore(before: Usual, { usage, durationMs }: Ending): Usual {
  const towards = (old: number, value: number): number => (old === 0 ? value : old + weight * (value - old))
  return {
    tokens: usage === undefined ? before.tokens : towards(before.tokens, usage.input + usage.output),
    answerTokens: usage === undefined ? before.answerTokens : towards(before.answerTokens, usage.output),
    durationMs: before === unknown ? durationMs : towards(before.durationMs, durationMs),
  }
}
