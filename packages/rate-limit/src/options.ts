import {
  checkOptions,
  count,
  either,
  listOf,
  must,
  oneOf,
  positiveMilliseconds,
  refuseFaults,
  required,
  shape,
  text,
} from "@bellwether/core"
import type { Target } from "@bellwether/core"
import type { FlowRules } from "./flow.ts"

/** What is known of a provider's limits. Of several that fit a call, the first counts. */
export interface KnownLimits {
  /** The endpoint they are about. */
  readonly endpoint: string
  /** The key they are about; left out: each key of the endpoint, on its own. */
  readonly key?: string
  /** The model they are about, exact or by its beginning (`claude-*`); left out: each model, on its own. */
  readonly model?: string
  readonly requestsPerMinute?: number
  /** Tokens of requests and answers together. */
  readonly tokensPerMinute?: number
}

/** How many attempts may be under way at once. */
export interface ConcurrencyOptions {
  /** How many at first, and at least how many after the first throttle of a target without a limit. @default 8 */
  readonly start?: number
  /** How many at most. @default 256 */
  readonly max?: number
}

/** How `rateLimit` keeps calls within limits. Every option may be left out. */
export interface RateLimitOptions {
  /**
   * What has limits of its own, and a line: each model of a target, or each target.
   * @default "model"
   */
  readonly per?: "model" | "target"
  /**
   * Since when calls are held back by what was found out of a target: from the start, or only for ten minutes after
   * each throttle.
   * @default "start"
   */
  readonly actsFrom?: "start" | "first-throttle"
  /**
   * How many attempts may be under way at once; it grows with success and shrinks with throttles. `false`: any number.
   * @default { start: 8, max: 256 }
   */
  readonly concurrency?: ConcurrencyOptions | false
  /**
   * Limits known beforehand; 95 % of them are used.
   * @default none
   */
  readonly limits?: readonly KnownLimits[]
  /**
   * Milliseconds a call waits in line at most.
   * @default 30_000, and 60_000 for a call that has a single target
   */
  readonly maxWaitMs?: number
  /**
   * How many calls wait in one line at most.
   * @default 1_000
   */
  readonly maxWaiting?: number
}

/** What the options stand for. */
export interface Rules extends FlowRules {
  readonly perModel: boolean
  readonly limits: readonly KnownLimits[]
  readonly maxWaitMs: number
  /** The same for a call that has a single target. */
  readonly soloMaxWaitMs: number
  readonly maxWaiting: number
}

const perMinute = must("a number above 0", (value) => Number.isFinite(value) && Number(value) > 0)

/** @throws PipelineError `invalid-options` */
export function readOptions(options: RateLimitOptions | undefined): Rules {
  checkOptions<RateLimitOptions>("rateLimit", options, {
    per: oneOf(["model", "target"]),
    actsFrom: oneOf(["start", "first-throttle"]),
    concurrency: either({
      object: shape<ConcurrencyOptions>({ start: count, max: count }),
      flag: must("an object or false", (value) => value === false),
    }),
    limits: listOf(
      shape<KnownLimits>({
        endpoint: required(text),
        key: text,
        model: text,
        requestsPerMinute: perMinute,
        tokensPerMinute: perMinute,
      }),
    ),
    maxWaitMs: positiveMilliseconds,
    maxWaiting: count,
  })
  const { per = "model", actsFrom = "start", concurrency = {}, limits = [] } = options ?? {}
  const { maxWaitMs, maxWaiting = 1_000 } = options ?? {}
  const { start = 8, max = 256 } = concurrency === false ? { start: Infinity, max: Infinity } : concurrency
  refuseFaults([
    ...(start > max && max < Infinity
      ? [`rateLimit.concurrency.start (${start}) must not be more than max (${max}).`]
      : []),
    ...limits.flatMap(({ model, requestsPerMinute, tokensPerMinute }, index) => [
      ...(requestsPerMinute === undefined && tokensPerMinute === undefined
        ? [`rateLimit.limits[${index}] limits nothing: give it requestsPerMinute or tokensPerMinute.`]
        : []),
      ...(model !== undefined && per === "target"
        ? [`rateLimit.limits[${index}].model has no effect while \`per\` is "target".`]
        : []),
    ]),
  ])
  return {
    perModel: per === "model",
    waitsForThrottle: actsFrom === "first-throttle",
    concurrency: { start, max },
    limits,
    maxWaitMs: maxWaitMs ?? 30_000,
    soloMaxWaitMs: maxWaitMs ?? 60_000,
    maxWaiting,
  }
}

/**
 * Refuses limits of endpoints and keys that do not exist.
 *
 * @throws PipelineError `invalid-options`
 */
export function checkNames({ limits }: Rules, targets: readonly Target[]): void {
  const isEndpoint = oneOf([...new Set(targets.map(({ endpoint }) => endpoint))])
  const faultsOf = ({ endpoint, key }: KnownLimits, path: string): readonly string[] => {
    const isKey = oneOf(targets.filter((target) => target.endpoint === endpoint).map((target) => target.key))
    const faults = isEndpoint(endpoint, `${path}.endpoint`)
    return faults.length === 0 && key !== undefined ? isKey(key, `${path}.key`) : faults
  }
  refuseFaults(limits.flatMap((limit, index) => faultsOf(limit, `rateLimit.limits[${index}]`)))
}
