/** How many attempts may be under way at once. Plain data. */
export interface Concurrency {
  /** Infinity while there is no limit. */
  readonly limit: number
  /** Since the limit was last raised. */
  readonly successes: number
  /** So many attempts begun since the last throttle may be unanswered at once; Infinity when all is well again. */
  readonly trials: number
}

/** What a limit starts from, and the highest there is. */
export interface ConcurrencyRules {
  readonly start: number
  readonly max: number
}

/** What is left of a limit after a throttle, as in CUBIC (RFC 9438). */
const shareLeft = 0.7
/** From so many attempts at once on nobody is trying any more. */
const mostTrials = 16

/** A limit nobody has complained of yet. */
export const unlimited: Concurrency = { limit: Infinity, successes: 0, trials: Infinity }

export const startingAt = (limit: number): Concurrency => ({ ...unlimited, limit })

/** A limit of which not even half is used says nothing: it is neither raised nor lowered. */
const isUsed = (limit: number, inFlight: number): boolean => inFlight * 2 >= limit

/**
 * After a throttle: 0.7 of the limit, or of what was under way if there was none (additive increase, multiplicative
 * decrease: Chiu, Jain, 1989). The first attempt afterwards goes alone, as in TCP after a timeout (RFC 5681).
 */
export function lowered({ limit }: Concurrency, inFlight: number, rules: ConcurrencyRules): Concurrency {
  return { limit: lower(limit, inFlight, rules), successes: 0, trials: 1 }
}

function lower(limit: number, inFlight: number, { start, max }: ConcurrencyRules): number {
  if (limit === Infinity) return Math.min(max, Math.max(start, Math.floor(inFlight * shareLeft)))
  return isUsed(limit, inFlight) ? Math.max(1, Math.floor(limit * shareLeft)) : limit
}

/** After an attempt that was not throttled: one more may be tried beside it. */
export function proven(before: Concurrency): Concurrency {
  const trials = before.trials + 1
  return { ...before, trials: trials >= Math.min(before.limit, mostTrials) ? Infinity : trials }
}

/** After a success: one more after as many as the limit. */
export function raised(before: Concurrency, inFlight: number, { max }: ConcurrencyRules): Concurrency {
  const { limit, successes } = before
  if (limit >= max || !isUsed(limit, inFlight)) return before
  return successes + 1 < limit
    ? { ...before, successes: successes + 1 }
    : { ...before, limit: limit + 1, successes: 0 }
}
