import { isStream, type Reply } from "../reply.ts"

/** Spreads an answer over the time its tokens take: a stream piece by piece, a document all at its end. */
export const paced = (reply: Reply, tokens: number, tokensPerSecond: number): Reply => {
  const tokenMs = 1000 / tokensPerSecond
  if (!isStream(reply)) return { ...reply, workMs: tokens * tokenMs }
  const pieces = reply.pieces.map((each) => (each.part === "content" ? { ...each, delayMs: tokenMs } : each))
  return { ...reply, pieces }
}
