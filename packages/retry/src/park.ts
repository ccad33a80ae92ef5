import type { FailureClass } from "@bellwether/wire"
import type { Scope } from "@bellwether/core"

/** What is known of a scope that was taken out of use, or may soon be. Plain data; times are wall milliseconds. */
export interface Park {
  readonly scope: Scope
  /**
   * The time of the last parking or clearing, or a little more, so that it always grows: what was admitted under
   * an older one says nothing any more.
   */
  readonly generation: number
  /** How often it was parked since the last success. */
  readonly strikes: number
  /** Before this time it takes no attempt. */
  readonly untilMs: number
  /** The class of the failure that spoke last. */
  readonly cause: FailureClass
  /** Ids of the calls that complained, for a class that parks only after several. */
  readonly calls: readonly string[]
  /** Whether it ended before its time, on evidence from outside that no call has confirmed yet. */
  readonly isLifted?: true
}

/** A failure of a class that parks. */
export interface Complaint {
  readonly scope: Scope
  readonly cause: FailureClass
  readonly callId: string
  /** Whether one complaint is enough. */
  readonly atOnce: boolean
  /** Milliseconds the provider named. */
  readonly hintMs: number | undefined
}

/** How long after its end a park still makes the next one longer, in milliseconds. */
export const rememberedMs = 3_600_000

/** So many different calls must have met a fault that need not be the key's. */
const enoughCalls = 3

const firstParkMs = 60_000

/** A quota comes back by the hour; a key or a model may be mended any minute. */
const longestParkMs = (cause: FailureClass): number => (cause === "quota-exhausted" ? 3_600_000 : 600_000)

/** Parks, or notes the complaint: 60 s, twice as long with every strike, unless the provider named a time. */
export function complained(park: Park | undefined, complaint: Complaint, dateMs: number): Park {
  const { scope, cause, callId, atOnce, hintMs } = complaint
  const { generation = 0, untilMs = 0, strikes = 0, calls = [] } = park ?? {}
  const callers = calls.includes(callId) ? calls : [...calls, callId]
  if (!atOnce && callers.length < enoughCalls)
    return { scope, generation, strikes, untilMs: Math.max(untilMs, dateMs), cause, calls: callers }
  const earlier = untilMs + rememberedMs > dateMs ? strikes : 0
  return {
    scope,
    generation: Math.max(generation + 1, dateMs),
    strikes: earlier + 1,
    untilMs: dateMs + (hintMs ?? Math.min(firstParkMs * 2 ** earlier, longestParkMs(cause))),
    cause,
    calls: [],
  }
}

/** Of a scope nobody complained of. */
export const blankPark = (scope: Scope): Park => ({
  scope,
  generation: 0,
  strikes: 0,
  untilMs: 0,
  cause: "credential",
  calls: [],
})

/** After a success: in use again, and the next parking is a short one. Kept, so that a fleet hears of it. */
export const cleared = ({ scope, generation, cause }: Park, dateMs: number): Park => ({
  scope,
  generation: Math.max(generation + 1, dateMs),
  strikes: 0,
  untilMs: dateMs,
  cause,
  calls: [],
})

/** After evidence from outside: in use again, but the next parking is longer, for the evidence may be wrong. */
export const lifted = (park: Park, dateMs: number): Park => ({
  ...park,
  generation: Math.max(park.generation + 1, dateMs),
  untilMs: dateMs,
  calls: [],
  isLifted: true,
})

/** Whether there is anything to clear. */
export const isMarked = ({ strikes, calls }: Park): boolean => strikes > 0 || calls.length > 0

/** The view that knows more. A total order, hence commutative, associative and idempotent. */
export function newerPark(a: Park, b: Park): Park {
  const order =
    a.generation - b.generation ||
    a.untilMs - b.untilMs ||
    a.strikes - b.strikes ||
    a.calls.length - b.calls.length ||
    Number(a.isLifted ?? false) - Number(b.isLifted ?? false) ||
    compare(a.cause, b.cause) ||
    compare(a.calls.join(), b.calls.join())
  return order >= 0 ? a : b
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b)
