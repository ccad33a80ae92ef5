import { checkOptions, count, milliseconds, must, positiveMilliseconds, refuseFaults } from "@bellwether/core"

/** When a second request is made, and how many. */
export interface HedgeOptions {
  /**
   * A first content that comes later than this share of all is late. Where fewer answers are slow than that, a
   * higher share finds nothing but them, a lower one pays for hedges that were not needed.
   * @default 0.95
   */
  readonly percentile?: number
  /**
   * How many first contents of a model must have been seen within the window before there are hedges.
   * @default 50
   */
  readonly minimumSamples?: number
  /**
   * Milliseconds a first content is remembered.
   * @default 300_000
   */
  readonly windowMs?: number
  /**
   * Milliseconds before which nothing is late, however fast the rest is.
   * @default 1_000
   */
  readonly floorMs?: number
  /**
   * The most hedges, as a share of the calls that could be hedged.
   * @default 0.05
   */
  readonly maxExtra?: number
  /** Milliseconds after which a first content is late, in place of what is learned. @default learned */
  readonly delayMs?: number
}

/** What the options stand for. */
export interface Rules extends Required<Omit<HedgeOptions, "delayMs">> {
  readonly delayMs: number | undefined
}

const number = (rule: string, isRight: (value: number) => boolean) =>
  must(rule, (value) => typeof value === "number" && isRight(value))

const learning = ["percentile", "minimumSamples", "windowMs", "floorMs"] as const

/** @throws PipelineError `invalid-options` */
export function readOptions(options: HedgeOptions | undefined): Rules {
  checkOptions<HedgeOptions>("hedge", options, {
    percentile: number("a share between 0 and 1, such as 0.95", (value) => value > 0 && value < 1),
    minimumSamples: count,
    windowMs: positiveMilliseconds,
    floorMs: milliseconds,
    maxExtra: number("a share above 0, up to 1", (value) => value > 0 && value <= 1),
    delayMs: positiveMilliseconds,
  })
  const { delayMs, percentile = 0.95, minimumSamples = 50, windowMs = 300_000 } = options ?? {}
  const { floorMs = 1_000, maxExtra = 0.05 } = options ?? {}
  const inert = delayMs === undefined ? [] : learning.filter((name) => options?.[name] !== undefined)
  refuseFaults(
    inert.map((name) => `hedge.${name} has no effect beside delayMs, with which nothing is learned.`),
  )
  return { percentile, minimumSamples, windowMs, floorMs, maxExtra, delayMs }
}
