import { serving } from "@bellwether/core"
import { shownMs } from "../terminal/shown.ts"
import { circuitsOf, has, limitsOf } from "./defaults.ts"
import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"

/** Circuits that can never open, or do not keep anybody away. */
export const circuits: Search = (subject) => [...ofSole(subject), ...ofShare(subject), ...ofMemory(subject)]

function ofSole({ options, question: { model }, targets }: Subject): readonly Finding[] {
  const [sole, ...others] = serving(targets, model)
  return when(
    Object.keys(options.circuitBreaker || {}).length > 0 && others.length === 0 && !has(options, "fallback"),
    "circuitBreaker",
    `keeps no call of ${model} away: ${sole?.id} alone serves it, and where there is nowhere else to go a circuit only watches.`,
  )
}

/** The share of failures means something only after so many attempts. */
function ofShare({ options, callsPerMinute, targets }: Subject): readonly Finding[] {
  const rules = circuitsOf(options)
  if (rules === undefined || rules.consecutiveFailures !== false || rules.failureRatio === false) return []
  const { minimumCompleted, windowMs } = rules
  const isTooFew = (perMinute: number): boolean => (perMinute * windowMs) / 60_000 < minimumCompleted
  const remedy = `Lower it, widen windowMs (${shownMs(windowMs)}), or set consecutiveFailures.`
  const limits = (options.rateLimit || {}).limits ?? []
  const firstTier = Math.min(...targets.map(({ tier }) => tier))
  const sharers = targets.filter(({ tier }) => tier === firstTier).length
  return [
    ...limits.flatMap(({ endpoint, requestsPerMinute }) =>
      when(
        requestsPerMinute !== undefined && isTooFew(requestsPerMinute),
        "circuitBreaker.minimumCompleted",
        `is never reached at ${endpoint}, whose limit is ${requestsPerMinute} requests a minute: no circuit opens there. ${remedy}`,
      ),
    ),
    ...when(
      callsPerMinute !== undefined && isTooFew(callsPerMinute / sharers),
      "circuitBreaker.minimumCompleted",
      `is not reached by ${callsPerMinute} calls a minute at ${sharers === 1 ? "one target" : `${sharers} targets`}: no circuit opens. ${remedy}`,
    ),
  ]
}

/** Outcomes that are forgotten before the next one can come. */
function ofMemory({ options }: Subject): readonly Finding[] {
  const { windowMs = 0 } = circuitsOf(options) ?? {}
  const { answerMs = 0 } = limitsOf(options) ?? {}
  return when(
    windowMs > 0 && windowMs < answerMs,
    "circuitBreaker.windowMs",
    `forgets what it saw after ${shownMs(windowMs)}, but a plain answer may take ${shownMs(answerMs)} (timeout.answerMs): timeouts of calls made one after the other never add up. Make it longer.`,
  )
}
