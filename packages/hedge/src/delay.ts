import { WindowedHistogram } from "@bellwether/histogram"
import type { Clock } from "@bellwether/core"
import type { Rules } from "./options.ts"

/** How long an attempt may be without content before it is late. */
export interface Delay {
  /** Milliseconds; `undefined` while too little is known. */
  readonly ms: number | undefined
  /** A first content took so long; or, of a late one that was not waited for, at least so long. */
  learn(ms: number): void
}

/** First contents of the recent past, as soon as somebody learns from them. */
export interface RecentContents {
  recent?: WindowedHistogram
}

/** The delay the options ask for: a given one, or one that is learned. */
export const createDelay = (rules: Rules, clock: Pick<Clock, "now">, memory: RecentContents): Delay =>
  rules.delayMs === undefined
    ? new LearnedDelay(rules, clock, (memory.recent ??= new WindowedHistogram(rules.windowMs)))
    : { ms: rules.delayMs, learn: () => {} }

/** A percentile of the first contents of the recent past. */
class LearnedDelay implements Delay {
  readonly #rules: Rules
  readonly #clock: Pick<Clock, "now">
  readonly #recent: WindowedHistogram

  constructor(rules: Rules, clock: Pick<Clock, "now">, recent: WindowedHistogram) {
    this.#rules = rules
    this.#clock = clock
    this.#recent = recent
  }

  get ms(): number | undefined {
    const { percentile, minimumSamples, floorMs } = this.#rules
    const nowMs = this.#clock.now()
    if (this.#recent.count(nowMs) < minimumSamples) return undefined
    return Math.max(floorMs, this.#recent.quantile(percentile, nowMs) ?? 0)
  }

  learn(ms: number): void {
    this.#recent.record(ms, this.#clock.now())
  }
}
