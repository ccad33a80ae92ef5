import type { RateLimitOptions } from "bellwether"
import { boundsOf, has } from "./defaults.ts"
import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"
import { covers } from "./model-pattern.ts"

/** Options that change nothing as the rest of the config stands. */
export const inertOptions: Search = (subject) => [
  ...ofRetry(subject),
  ...ofCompany(subject),
  ...ofResume(subject),
  ...ofLimits(subject),
]

function ofRetry({ options }: Subject): readonly Finding[] {
  const { repeats } = options.retry || {}
  return when(
    boundsOf(options).attempts === 1 && repeats !== undefined && repeats > 0,
    "retry.repeats",
    "has no effect: `attempts` is 1.",
  )
}

/** What needs another target, or something to compare targets by. */
function ofCompany({ options, targets }: Subject): readonly Finding[] {
  const strategy = (options.router || {}).strategy
  return [
    ...when(
      Boolean(options.hedge) && targets.length === 1,
      "hedge",
      "has no effect: there is no other target a second request could go to.",
    ),
    ...when(
      strategy === "cheapest" && !has(options, "cost") && targets.every(({ price }) => price === undefined),
      "router.strategy",
      'is "cheapest", but no price is known: give endpoints a `price`, or set `cost`.',
    ),
  ]
}

function ofResume({ options: { resume }, targets }: Subject): readonly Finding[] {
  const how = typeof resume === "object" ? (resume.how ?? []) : []
  return when(
    how.length > 0 && !how.includes("splice") && targets.every(({ prefill }) => !prefill),
    "resume.how",
    "continues streams only at endpoints that are declared to go on (`prefill: true`), and none is.",
  )
}

type KnownLimits = NonNullable<RateLimitOptions["limits"]>[number]

/** Of several limits that fit a call the first counts. */
function ofLimits({ options: { rateLimit } }: Subject): readonly Finding[] {
  const limits = (rateLimit || {}).limits ?? []
  return limits.flatMap((limit, place) => {
    const first = limits.slice(0, place).findIndex((earlier) => coversAll(earlier, limit))
    return when(
      first !== -1,
      `rateLimit.limits[${place}]`,
      `has no effect: rateLimit.limits[${first}] is about the same calls, and the first counts. Put the narrower one first.`,
    )
  })
}

const coversAll = (wide: KnownLimits, narrow: KnownLimits): boolean =>
  wide.endpoint === narrow.endpoint &&
  (wide.key === undefined || wide.key === narrow.key) &&
  (wide.model === undefined || (narrow.model !== undefined && covers(wide.model, narrow.model)))
