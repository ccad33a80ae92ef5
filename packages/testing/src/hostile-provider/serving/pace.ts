import { isStream, type Reply } from "../reply.ts"

/** How fast a provider is. */
export interface Pace {
  readonly latencyMs: number
  /** `Infinity` for no limit. */
  readonly tokensPerSecond: number
}

/** Spreads an answer over time: a stream piece by piece, a document all at its end. */
export const paced = (reply: Reply, tokens: number, { latencyMs, tokensPerSecond }: Pace): Reply => {
  const tokenMs = 1000 / tokensPerSecond
  if (!isStream(reply)) return { ...reply, delayMs: latencyMs, workMs: tokens * tokenMs }
  const pieces = reply.pieces.map((each) => (each.part === "content" ? { ...each, delayMs: tokenMs } : each))
  return { ...reply, delayMs: latencyMs, pieces }
}
