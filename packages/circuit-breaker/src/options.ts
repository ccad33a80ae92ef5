import { equalJitter } from "@bellwether/backoff"
import { checkOptions, count, either, must, positiveMilliseconds, refuseFaults } from "@bellwether/core"
import type { Rules } from "./breaker.ts"
import type { LiveRules } from "./live-circuit.ts"

/** When a circuit opens, for how long, and what closes it again. */
export interface CircuitBreakerOptions {
  /**
   * Opens after this many health failures in a row; `false` for never because of that.
   * @default 5
   */
  readonly consecutiveFailures?: number | false
  /**
   * Opens when this share of what completed within the window has failed; `false` for never because of that.
   * @default 0.5
   */
  readonly failureRatio?: number | false
  /**
   * How many health failures in a row open the last circuit of a model that is still closed, whatever share of
   * attempts fails: half an answer is better than none.
   * @default 20, or `consecutiveFailures` if that is more
   */
  readonly lastConsecutiveFailures?: number
  /**
   * How many attempts must have completed within the window before the share means anything.
   * @default 10
   */
  readonly minimumCompleted?: number
  /**
   * Milliseconds an outcome is remembered. Should be longer than the slowest calls take.
   * @default 120_000
   */
  readonly windowMs?: number
  /**
   * Milliseconds the first opening lasts, before jitter (half of it up to all of it); each further one in a row
   * lasts twice as long. The provider's own hint counts if it is longer.
   * @default 5_000
   */
  readonly openMs?: number
  /**
   * The longest opening in milliseconds, hints apart.
   * @default 30_000, or `openMs` if that is longer
   */
  readonly maxOpenMs?: number
  /**
   * How many probes must succeed to close it.
   * @default 2
   */
  readonly successesToClose?: number
  /**
   * Milliseconds after which a probe that has not reached its commit point has failed, where no `timeout` plugin
   * limits it; with one, its own limit and 5 s.
   * @default 125_000
   */
  readonly probeMs?: number
}

const share = must(
  "a share above 0, up to 1",
  (value) => typeof value === "number" && value > 0 && value <= 1,
)
const off = must("a number or false", (value) => value === false)

/** What the options stand for. */
export interface BreakerRules extends Rules, Pick<LiveRules, "ofLast"> {
  readonly probeMs: number
}

/**
 * The rules the options stand for.
 *
 * @throws PipelineError `invalid-options`
 */
export function rulesOf(options: CircuitBreakerOptions | undefined): BreakerRules {
  checkOptions<CircuitBreakerOptions>("circuitBreaker", options, {
    consecutiveFailures: either({ number: count, flag: off }),
    failureRatio: either({ number: share, flag: off }),
    lastConsecutiveFailures: count,
    minimumCompleted: count,
    windowMs: positiveMilliseconds,
    openMs: positiveMilliseconds,
    maxOpenMs: positiveMilliseconds,
    successesToClose: count,
    probeMs: positiveMilliseconds,
  })
  const { consecutiveFailures = 5, failureRatio = 0.5, minimumCompleted, windowMs = 120_000 } = options ?? {}
  const { openMs = 5_000, successesToClose = 2 } = options ?? {}
  const { maxOpenMs = Math.max(30_000, openMs) } = options ?? {}
  const { probeMs = 125_000, lastConsecutiveFailures } = options ?? {}
  refuseFaults([
    ...faultIf(
      consecutiveFailures === false && failureRatio === false,
      "circuitBreaker can never open: consecutiveFailures and failureRatio are both false.",
    ),
    ...faultIf(
      failureRatio === false && minimumCompleted !== undefined,
      "circuitBreaker.minimumCompleted has no effect while failureRatio is false.",
    ),
    ...faultIf(
      openMs > maxOpenMs,
      `circuitBreaker.openMs (${openMs}) must not be longer than maxOpenMs (${maxOpenMs}).`,
    ),
  ])
  const inARow = consecutiveFailures === false ? Infinity : consecutiveFailures
  const window = { windowMs, minimumCompleted: minimumCompleted ?? 10 }
  return {
    ...window,
    consecutiveFailures: inARow,
    failureRatio: failureRatio === false ? Infinity : failureRatio,
    ofLast: {
      ...window,
      consecutiveFailures: lastConsecutiveFailures ?? Math.max(20, inARow),
      failureRatio: Infinity,
    },
    openFor: equalJitter({ baseMs: openMs, capMs: maxOpenMs }),
    successesToClose,
    probeMs,
  }
}

function faultIf(isFault: boolean, sentence: string): readonly string[] {
  return isFault ? [sentence] : []
}
