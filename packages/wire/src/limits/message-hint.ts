import { readDuration } from "./duration.ts"
import { longestWaitMs } from "./reset-time.ts"

const hint =
  /(?:try again|retry) (?:in|after)(?: about)? ((?:\d+(?:\.\d+)?\s?(?:milliseconds?|seconds?|minutes?|hours?|days?|ms|[smhd])\b\s?|\d+(?:\.\d+)?[hm](?=\d))+)/i

/** The wait, in milliseconds, that a message such as "Please try again in 6m0s." asks for. */
export const readMessageHint = (message: string | undefined): number | undefined => {
  const written = message === undefined ? undefined : hint.exec(message)?.[1]
  const delayMs = written === undefined ? undefined : readDuration(written)
  return delayMs === undefined || delayMs > longestWaitMs ? undefined : Math.ceil(delayMs)
}
