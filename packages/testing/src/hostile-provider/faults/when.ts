import {
  count,
  either,
  flag,
  listOf,
  milliseconds,
  oneOf,
  positiveMilliseconds,
  ratio,
  required,
  shape,
  text,
  wholeNumber,
  type Checks,
} from "@bellwether/core"
import { allRoutes } from "../route.ts"
import type { ReceivedRequest } from "../received-request.ts"
import type { ProviderRoute } from "../route.ts"

/** How long a flapping fault rests and how long it works, both above 0. */
export interface FaultCycle {
  readonly quietMs: number
  readonly activeMs: number
}

/** When a fault strikes; what is left out does not matter. Times count from the moment the fault was injected. */
export interface When {
  readonly route?: ProviderRoute | readonly ProviderRoute[]
  readonly key?: string | readonly string[]
  readonly model?: string | readonly string[]
  /** Only requests that ask for a stream, or only those that do not. */
  readonly stream?: boolean
  /** Not before this many milliseconds. */
  readonly fromMs?: number
  /** Not from this many milliseconds on. */
  readonly untilMs?: number
  /** Flapping: quiet, then active, then quiet again, from `fromMs` on. */
  readonly cycle?: FaultCycle
  /** Only this one of the requests that match all of the above; the first is 1. */
  readonly nth?: number
  /** Spares so many matching requests first. */
  readonly skip?: number
  /** Only every so many-th matching request. */
  readonly every?: number
  /** Strikes with this chance, from 0 to 1, which the seed decides. */
  readonly probability?: number
  /** Strikes so many times, then never again. */
  readonly hits?: number
}

const textOrTexts = either({ text, list: listOf(text) })

/** What a time may be. */
export const whenChecks: Checks<When> = {
  route: either({ text: oneOf(allRoutes), list: listOf(oneOf(allRoutes)) }),
  key: textOrTexts,
  model: textOrTexts,
  stream: flag,
  fromMs: milliseconds,
  untilMs: milliseconds,
  cycle: shape<FaultCycle>({
    quietMs: required(positiveMilliseconds),
    activeMs: required(positiveMilliseconds),
  }),
  nth: count,
  skip: wholeNumber,
  every: count,
  probability: ratio,
  hits: count,
}

/** Whether the fault is in force at this time. */
export const isInForce = ({ fromMs = 0, untilMs = Infinity, cycle }: When, elapsedMs: number): boolean => {
  if (elapsedMs < fromMs || elapsedMs >= untilMs) return false
  if (cycle === undefined) return true
  return (elapsedMs - fromMs) % (cycle.quietMs + cycle.activeMs) >= cycle.quietMs
}

/** When, after this time, a fault may come into force or lose it; `undefined` if never again. */
export const nextChangeMs = (
  { fromMs = 0, untilMs = Infinity, cycle }: When,
  elapsedMs: number,
): number | undefined => {
  if (elapsedMs < fromMs) return fromMs
  if (elapsedMs >= untilMs) return undefined
  if (cycle === undefined) return untilMs === Infinity ? undefined : untilMs
  const periodMs = cycle.quietMs + cycle.activeMs
  const started = elapsedMs - ((elapsedMs - fromMs) % periodMs)
  const change = elapsedMs < started + cycle.quietMs ? started + cycle.quietMs : started + periodMs
  return Math.min(change, untilMs)
}

/** Whether a request is of the kind the fault is for. */
export const concerns = (when: When, request: ReceivedRequest): boolean =>
  isOneOf(when.route, request.route) &&
  isOneOf(when.key, request.key) &&
  isOneOf(when.model, request.model) &&
  (when.stream === undefined || when.stream === request.stream)

/** Whether the fault strikes the `match`-th matching request, 1 being the first. */
export const isTurn = (
  { nth, skip = 0, every = 1, probability = 1 }: When,
  match: number,
  chance: number,
): boolean =>
  (nth === undefined || match === nth) && match > skip && (match - skip) % every === 0 && chance < probability

const isOneOf = <T extends string>(wanted: T | readonly T[] | undefined, actual: T | undefined): boolean => {
  if (wanted === undefined) return true
  if (actual === undefined) return false
  return typeof wanted === "string" ? wanted === actual : wanted.includes(actual)
}
