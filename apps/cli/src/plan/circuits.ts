import { when } from "./finding.ts"
import type { Search } from "./finding.ts"

/** Circuits that can never open at the traffic there is. */
export const circuits: Search = (
  { circuitBreaker, rateLimit, endpoints, attempts = 8 },
  { callsPerMinute },
) => {
  if (circuitBreaker === false) return []
  const {
    consecutiveFailures = 5,
    failureRatio = 0.5,
    minimumCompleted = 10,
    windowMs = 120_000,
  } = circuitBreaker ?? {}
  const limits = typeof rateLimit === "object" ? (rateLimit.limits ?? []) : []
  const inWindow = (perMinute: number): number => (perMinute * windowMs) / 60_000
  const neverByRatio = (perMinute: number): boolean =>
    consecutiveFailures === false && failureRatio !== false && inWindow(perMinute) < minimumCompleted
  return [
    ...limits.flatMap(({ endpoint, requestsPerMinute }) =>
      when(
        requestsPerMinute !== undefined && neverByRatio(requestsPerMinute),
        "circuitBreaker.minimumCompleted",
        `can never be reached at ${endpoint}: its limit lets ${requestsPerMinute} requests a minute through, and ${minimumCompleted} must complete within ${windowMs} ms. Lower it, widen windowMs, or set consecutiveFailures.`,
      ),
    ),
    ...when(
      callsPerMinute !== undefined && neverByRatio(callsPerMinute / endpoints.length),
      "circuitBreaker.minimumCompleted",
      `is not reached at ${callsPerMinute} calls a minute over ${endpoints.length} endpoints: ${minimumCompleted} must complete within ${windowMs} ms. Lower it, widen windowMs, or set consecutiveFailures.`,
    ),
    ...when(
      attempts === 1 && endpoints.length > 1,
      "attempts",
      "is 1: a call never moves to another endpoint, whatever the others can do.",
    ),
  ]
}
