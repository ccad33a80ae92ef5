import type { RateLimit } from "@bellwether/wire"
import { drained, refilled, steadyShare } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"
import type { Cost } from "./cost.ts"

/** The windows providers count in, in milliseconds: a second, a minute, an hour, a day. */
const customaryMs = [1_000, 60_000, 3_600_000, 86_400_000]
const minuteMs = 60_000
/** How far rounded headers may be off. */
const tolerance = 0.05

/** What was known here when the provider spoke. */
export interface Hearing {
  /** When the headers came, in monotonic milliseconds. */
  readonly atMs: number
  /** What had been sent by then, and may or may not be counted in what they say. */
  readonly unheard: number
  /** What was sent since then. */
  readonly sentSince: number
}

/**
 * The window of a limit that fills all the time, in milliseconds; `undefined` for one that is counted anew. Providers
 * name the time until all is there again: where it fills, that is the share of the window that was used.
 */
function windowOf(limit: number, remaining: number, resetMs: number | undefined): number | undefined {
  if (resetMs === undefined || remaining >= limit) return minuteMs
  const windowMs = (resetMs * limit) / (limit - remaining)
  return customaryMs.find((customary) => Math.abs(windowMs / customary - 1) <= tolerance)
}

/** A bucket as the provider describes it, at the moment in which it did. One twentieth stays for others with the key. */
function described(
  of: keyof Cost,
  { limit, remaining, resetMs }: RateLimit,
  atMs: number,
): Bucket | undefined {
  // Who is told no limit, but that nothing is left, knows enough: at the reset there is something.
  const whole = limit ?? (remaining === 0 ? 1 : undefined)
  if (whole === undefined || whole < 1 || remaining === undefined) return undefined
  const reserve = Math.floor(whole * (1 - steadyShare))
  const capacity = whole - reserve
  const level = Math.min(capacity, remaining - reserve)
  const windowMs = windowOf(whole, remaining, resetMs)
  if (windowMs !== undefined) return { of, capacity, level, atMs, perMs: (whole * steadyShare) / windowMs }
  const everyMs = Math.max(1_000, resetMs ?? 0)
  return { of, capacity, level, atMs, perMs: 0, renewal: { atMs: atMs + everyMs, everyMs } }
}

/**
 * What is left after the provider has spoken. Between its word and that minus what it may not have counted yet, one's
 * own account is believed.
 */
export function told(
  before: Bucket | undefined,
  of: keyof Cost,
  facts: RateLimit,
  { atMs, unheard, sentSince }: Hearing,
  nowMs: number,
): Bucket | undefined {
  const spoken = described(of, facts, atMs)
  if (spoken === undefined) return before
  const most = drained(refilled(spoken, nowMs), sentSince, nowMs)
  const least = most.level - unheard
  const own = before?.capacity === most.capacity ? refilled(before, nowMs).level : least
  return { ...most, ...longerWindow(before, most), level: Math.max(least, Math.min(most.level, own)) }
}

/** Late in a window only the rest of it is told. */
function longerWindow(before: Bucket | undefined, { renewal }: Bucket): Pick<Bucket, "renewal"> {
  if (renewal === undefined) return {}
  return { renewal: { ...renewal, everyMs: Math.max(renewal.everyMs, before?.renewal?.everyMs ?? 0) } }
}
