import {
  callable,
  checkOptions,
  count,
  either,
  flag,
  listOf,
  must,
  positiveMilliseconds,
} from "@bellwether/core"
import { recordOf, refuseFaults, required, shape, text } from "@bellwether/core"
import type { Question } from "./ask.ts"
import type { CallRules } from "./calls.ts"
import { completionQuestion, isGood } from "./completion.ts"
import type { CompletionOptions } from "./completion.ts"
import type { ConditionRules } from "./condition.ts"

/** What targets are asked when no call tells how they are. */
export interface ProbeOptions {
  /** Below the base URL. @default "/models" */
  readonly path?: string
  /** @default "GET" */
  readonly method?: string
  /** @default {} */
  readonly headers?: Readonly<Record<string, string>>
  /** @default none */
  readonly body?: string
  /** The statuses that are expected. @default every 2xx */
  readonly status?: readonly number[]
  /**
   * Whether the text of an answer, its first 64 kB, is as it should be. One that throws says nothing.
   * @default every answer but a web page
   */
  readonly answer?: (text: string) => boolean
  /** Milliseconds from round to round, ± 20 %. @default 30_000 */
  readonly intervalMs?: number
  /** Milliseconds for one answer. @default 10_000 */
  readonly timeoutMs?: number
  /**
   * Probes every target in every round; else only those that are not well, or had no calls since the round before.
   * @default false
   */
  readonly always?: boolean
  /** A paid completion after each probe that was answered. @default none */
  readonly completion?: CompletionOptions
}

/** When a target is not healthy. */
export interface HealthOptions {
  /** How targets are probed; `false` for never, then only calls tell. */
  readonly probe?: ProbeOptions | false
  /** So many failures in a row make something unhealthy. @default 3 */
  readonly failuresToUnhealthy?: number
  /** So many successes in a row make it healthy again; after the first it is on trial. @default 2 */
  readonly successesToHealthy?: number
  /** Milliseconds a target is out of use when its calls failed; twice as long each further time in a row. @default 5_000 */
  readonly ejectMs?: number
  /** The longest of these times, in milliseconds. @default 30_000 */
  readonly maxEjectMs?: number
  /** Degraded when this share of its last calls (about 20) has failed, until it has halved; `false` for never. @default 0.1 */
  readonly failureShare?: number | false
  /**
   * Degraded when the p95 of its last 20 streams, of their first content or of their pieces, is so many times what it
   * is as a rule, until it is two thirds of that; `false` for never.
   * @default 3
   */
  readonly slowFactor?: number | false
  /** Milliseconds without calls after which a target that is degraded because of them gets another chance. @default 120_000 */
  readonly windowMs?: number
}

/** What the options stand for. */
export interface Rules {
  readonly probe: ProbeRules | undefined
  /** Of what probes tell, and of keys. */
  readonly condition: ConditionRules
  readonly calls: CallRules
}

/** How targets are probed. */
export interface ProbeRules {
  readonly question: Question
  readonly completion: (Question & Pick<CompletionOptions, "model" | "dailyCap">) | undefined
  readonly intervalMs: number
  readonly always: boolean
}

const number = (rule: string, isRight: (value: number) => boolean) =>
  must(rule, (value) => typeof value === "number" && isRight(value))
const off = must("something or false", (value) => value === false)
const path = must(
  "a path that begins with a slash",
  (value) => typeof value === "string" && value.startsWith("/"),
)
const httpStatus = number(
  "an HTTP status",
  (value) => Number.isInteger(value) && value >= 100 && value <= 599,
)
const share = number("a share above 0, up to 1", (value) => value > 0 && value <= 1)
const factor = number("a number above 1", (value) => value > 1 && Number.isFinite(value))

const checkProbe = shape<ProbeOptions>({
  path,
  method: text,
  headers: recordOf(text),
  body: text,
  status: listOf(httpStatus, { min: 1 }),
  answer: callable,
  intervalMs: positiveMilliseconds,
  timeoutMs: positiveMilliseconds,
  always: flag,
  completion: shape<CompletionOptions>({
    model: required(text),
    dailyCap: required(count),
    path,
    body: text,
  }),
})

/** @throws PipelineError `invalid-options` */
export function readOptions(options: HealthOptions | undefined): Rules {
  checkOptions<HealthOptions>("health", options, {
    probe: either({ object: checkProbe, flag: off }),
    failuresToUnhealthy: count,
    successesToHealthy: count,
    ejectMs: positiveMilliseconds,
    maxEjectMs: positiveMilliseconds,
    failureShare: either({ number: share, flag: off }),
    slowFactor: either({ number: factor, flag: off }),
    windowMs: positiveMilliseconds,
  })
  const { probe = {}, failuresToUnhealthy = 3, successesToHealthy = 2, ejectMs = 5_000 } = options ?? {}
  const { maxEjectMs = Math.max(30_000, ejectMs), windowMs = 120_000 } = options ?? {}
  const { failureShare = 0.1, slowFactor = 3 } = options ?? {}
  if (ejectMs > maxEjectMs)
    refuseFaults([`health.ejectMs (${ejectMs}) must not be longer than maxEjectMs (${maxEjectMs}).`])
  const counts = { failuresToUnhealthy, successesToHealthy }
  const pace = { slowFactor: slowFactor === false ? Infinity : slowFactor, windowMs }
  return {
    probe: probe === false ? undefined : probeRules(probe),
    condition: { ...counts, holdMs: () => Infinity, trialMs: Infinity },
    calls: {
      condition: {
        ...counts,
        holdMs: (falls) => Math.min(ejectMs * 2 ** (falls - 1), maxEjectMs),
        trialMs: windowMs,
      },
      failures: { failureShare: failureShare === false ? Infinity : failureShare, windowMs },
      firstContent: { ...pace, floorMs: 1_000 },
      piece: { ...pace, floorMs: 20 },
    },
  }
}

function probeRules(options: ProbeOptions): ProbeRules {
  const { path: at = "/models", method = "GET", headers = {}, body, status, answer } = options
  const { intervalMs = 30_000, timeoutMs = 10_000, always = false, completion } = options
  if (body !== undefined && ["GET", "HEAD"].includes(method.toUpperCase()))
    refuseFaults([`health.probe.body can not be sent with ${method}: choose another method, such as POST.`])
  return {
    question: {
      request: { method, path: at, headers, ...(body !== undefined && { body }) },
      expected: { isStatus: status === undefined ? isGood : (given) => status.includes(given), answer },
      timeoutMs,
    },
    completion: completion && { ...completion, ...completionQuestion(completion, timeoutMs) },
    intervalMs,
    always,
  }
}
