import type { BellwetherOptions } from "bellwether"
import { when } from "./finding.ts"
import type { Finding, Search } from "./finding.ts"

/** Timers that cannot fire, or fire before what they wait for can have happened. */
export const timers: Search = (options) => [...limits(options), ...waits(options), ...memories(options)]

const deadlineOf = ({ deadlineMs = 600_000 }: BellwetherOptions): number => deadlineMs

/** The limits of an attempt beside the deadline of its call. */
function limits(options: BellwetherOptions): readonly Finding[] {
  if (options.timeout === false) return []
  const deadlineMs = deadlineOf(options)
  const named = { headersMs: 30_000, firstContentMs: 30_000, answerMs: 120_000, ...options.timeout }
  const beyond = (["headersMs", "firstContentMs", "answerMs"] as const).filter(
    (name) => named[name] >= deadlineMs,
  )
  return [
    ...beyond.map((name) => ({
      path: `timeout.${name}`,
      sentence: `never fires: ${named[name]} ms is not shorter than the deadline of a call, ${deadlineMs} ms. One silent target uses up the whole call. Make it less than half of the deadline.`,
    })),
    ...when(
      named.headersMs > named.firstContentMs,
      "timeout.headersMs",
      `never fires: the first content has to be there before (${named.firstContentMs} ms).`,
    ),
  ]
}

/** Patience beside the deadline. */
function waits(options: BellwetherOptions): readonly Finding[] {
  const deadlineMs = deadlineOf(options)
  const patience = {
    "retry.patienceMs": options.retry === false ? undefined : options.retry?.patienceMs,
    "retry.soloPatienceMs": options.retry === false ? undefined : options.retry?.soloPatienceMs,
    "router.patienceMs": options.router === false ? undefined : options.router?.patienceMs,
    "router.soloPatienceMs": options.router === false ? undefined : options.router?.soloPatienceMs,
  }
  return Object.entries(patience).flatMap(([path, ms]) =>
    when(
      ms !== undefined && ms >= deadlineMs,
      path,
      `is not shorter than the deadline of a call (${deadlineMs} ms): it is the deadline that ends the wait.`,
    ),
  )
}

/** How long outcomes are remembered beside how long they take to come. */
function memories({ circuitBreaker, timeout, health }: BellwetherOptions): readonly Finding[] {
  const answerMs = timeout === false ? undefined : (timeout?.answerMs ?? 120_000)
  const windowMs = circuitBreaker === false ? undefined : circuitBreaker?.windowMs
  const probe = health === false || health?.probe === false ? undefined : health?.probe
  const { timeoutMs = 10_000, intervalMs = 30_000 } = probe ?? {}
  return [
    ...when(
      windowMs !== undefined && answerMs !== undefined && windowMs < answerMs,
      "circuitBreaker.windowMs",
      `forgets outcomes after ${windowMs} ms, but an answer may take ${answerMs} ms (timeout.answerMs): timeouts of slow calls never add up.`,
    ),
    ...when(
      timeoutMs > intervalMs,
      "health.probe.timeoutMs",
      `is longer than the time from probe to probe (${intervalMs} ms).`,
    ),
  ]
}
