import { shownMs } from "../terminal/shown.ts"
import { boundsOf, limitsOf, thinkingMs } from "./defaults.ts"
import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"

/** Timers that cannot fire, or fire before what they wait for can have happened. */
export const timers: Search = (subject) => [
  ...limits(subject),
  ...limitsOfModels(subject),
  ...waits(subject),
  ...hedges(subject),
  ...others(subject),
]

const names = ["headersMs", "firstContentMs", "answerMs"] as const

/** A limit of an attempt beside the deadline of its call, of which it gets half while there are other targets. */
function late(path: string, ms: number, { options, targets }: Subject): readonly Finding[] {
  const { deadlineMs } = boundsOf(options)
  const halfMs = deadlineMs / 2
  return targets.length === 1
    ? when(
        ms >= deadlineMs,
        path,
        `never fires: ${shownMs(ms)} is no less than the deadline of the whole call, ${shownMs(deadlineMs)}.`,
      )
    : when(
        ms > halfMs,
        path,
        `comes too late: ${shownMs(ms)} is more than half of a call's deadline, and after that half (${shownMs(halfMs)}) the call moves on without blame for the target. So each call waits for a target that hangs, and no circuit opens. Make it at most ${halfMs}.`,
      )
}

/** The limits of an attempt beside the deadline of its call. */
function limits(subject: Subject): readonly Finding[] {
  const { options } = subject
  const { deadlineMs } = boundsOf(options)
  const given = limitsOf(options)
  if (given === undefined)
    return [
      {
        path: "timeout",
        sentence: `is false: one silent target uses up the whole deadline (${shownMs(deadlineMs)}), and a stream that falls silent never ends.`,
      },
    ]
  const { headersMs, firstContentMs } = given
  const isOwn = options.timeout !== false && options.timeout?.headersMs !== undefined
  return [
    ...names.flatMap((name) => late(`timeout.${name}`, given[name], subject)),
    ...when(
      isOwn && headersMs > firstContentMs,
      "timeout.headersMs",
      `fires ${headersMs > thinkingMs ? "never" : "only for models that think first"}: the first content has to be there within ${shownMs(firstContentMs)} (timeout.firstContentMs).`,
    ),
  ]
}

function limitsOfModels(subject: Subject): readonly Finding[] {
  const models = (subject.options.timeout || {}).models ?? {}
  return Object.entries(models).flatMap(([model, own]) =>
    names.flatMap((name) =>
      late(`timeout.models[${JSON.stringify(model)}].${name}`, own[name] ?? 0, subject),
    ),
  )
}

/** Patience beside the deadline. */
function waits({ options }: Subject): readonly Finding[] {
  const { deadlineMs } = boundsOf(options)
  const { retry, router, rateLimit } = options
  const patience = {
    "retry.patienceMs": (retry || {}).patienceMs,
    "retry.soloPatienceMs": (retry || {}).soloPatienceMs,
    "router.patienceMs": (router || {}).patienceMs,
    "router.soloPatienceMs": (router || {}).soloPatienceMs,
    "rateLimit.maxWaitMs": (rateLimit || {}).maxWaitMs,
  }
  return Object.entries(patience).flatMap(([path, ms]) =>
    when(
      ms !== undefined && ms >= deadlineMs,
      path,
      `is no less than the deadline of the whole call, ${shownMs(deadlineMs)}: it is the deadline that ends the wait.`,
    ),
  )
}

/** A second request for an answer that has been given up already. */
function hedges({ options }: Subject): readonly Finding[] {
  const hedge = typeof options.hedge === "object" ? options.hedge : {}
  const { firstContentMs = Infinity } = limitsOf(options) ?? {}
  return (["delayMs", "floorMs"] as const).flatMap((name) => {
    const ms = hedge[name] ?? 0
    return when(
      ms >= firstContentMs,
      `hedge.${name}`,
      `is no less than timeout.firstContentMs, ${shownMs(firstContentMs)}: by then the first request has been given up.`,
    )
  })
}

function others({ options, gateway }: Subject): readonly Finding[] {
  const { deadlineMs } = boundsOf(options)
  const probe = (options.health || {}).probe || {}
  const { timeoutMs = 10_000, intervalMs = 30_000 } = probe
  const { shutdownMs } = gateway
  return [
    ...when(
      timeoutMs > intervalMs,
      "health.probe.timeoutMs",
      `is longer than the time from probe to probe, ${shownMs(intervalMs)}: a silent target is found out late.`,
    ),
    ...when(
      shutdownMs !== undefined && shutdownMs < deadlineMs,
      "gateway.shutdownMs",
      `is shorter than the deadline of a call, ${shownMs(deadlineMs)}: when the gateway stops, calls that take longer than ${shownMs(shutdownMs ?? 0)} are cut.`,
    ),
  ]
}
