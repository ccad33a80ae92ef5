import { refilled } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"

/** A time in which a provider says of a limit, each time, that nothing is left. Times are monotonic milliseconds. */
export interface Drought {
  readonly sinceMs: number
  /** What it said last. */
  readonly word: Bucket
  /** What had been sent before, and was surely counted. */
  readonly sentBefore: number
  /** What has come in since, by its words. */
  readonly cameIn: number
  /** What it has taken since, in spite of them, and with how many answers. */
  readonly taken: number
  readonly answers: number
}

/** An attempt that was answered. */
export interface Taken {
  readonly sinceMs: number
  readonly amount: number
}

/** What had been sent when the provider spoke, and of that what it may not have counted. */
export interface Sent {
  readonly sent: number
  readonly unheard: number
}

/** Says once more that nothing is left, or for the first time. */
export function prolonged(
  before: Drought | undefined,
  word: Bucket,
  { sent, unheard }: Sent,
  attempt: Taken | undefined,
): Drought {
  if (before === undefined)
    return { sinceMs: word.atMs, word, sentBefore: sent - unheard, cameIn: 0, taken: 0, answers: 0 }
  const cameIn = before.cameIn + refilled({ ...before.word, level: 0 }, word.atMs).level
  // What was under way when it began says nothing about it.
  if (attempt === undefined || attempt.sinceMs <= before.sinceMs) return { ...before, word, cameIn }
  return { ...before, word, cameIn, taken: before.taken + attempt.amount, answers: before.answers + 1 }
}

/** Others may have had what came in, so a word that leaves some to them is doubted only after so many answers. */
const answersToDoubt = 3
/** How far rounded headers may be off. */
const tolerance = 0.1

/**
 * Whether answers disprove what is said: more was taken than can have come in; or so much has come in that as much
 * again should be left, and still there is nothing.
 */
export function isRefuted({ cameIn, taken, answers, sentBefore }: Drought, sent: number): boolean {
  if (cameIn < taken * (1 - tolerance)) return true
  return answers >= answersToDoubt && cameIn >= 2 * (sent - sentBefore)
}
