import { checkOptions, count, listOf, must, oneOf, positiveMilliseconds, required } from "@bellwether/core"
import type { EventType } from "@bellwether/core"
import type { Level, LoggerLike, Order } from "./logger.ts"

/** An event of somebody else's plugin, and how it is told. */
export interface AlsoTold {
  readonly event: EventType<unknown>
  /** @default "info" */
  readonly level?: Level
  /** @default the event's name, of whom it tells, and why */
  readonly words?: string
}

/** What is told to which logger. */
export interface LoggingOptions {
  readonly logger: LoggerLike
  /**
   * What the logger takes first: its fields, as pino and bunyan do, or the words, as `console` and winston do.
   * @default "words-first" for `console`, "fields-first" for others
   */
  readonly order?: Order
  /**
   * The least grave level that is told. Single calls are told at `debug`, and nowhere else.
   * @default "info"
   */
  readonly level?: Level
  /**
   * Events of other plugins. What of their data is plain and short is told: numbers, flags, texts, ids.
   * @default []
   */
  readonly also?: readonly (EventType<unknown> | AlsoTold)[]
  /**
   * So many lines of one subject (the circuit of one target, say) are told in `flappingMs`; of the others the last.
   * @default 6
   */
  readonly flappingLines?: number
  /** @default 60_000 */
  readonly flappingMs?: number
}

export const levels: readonly Level[] = ["debug", "info", "warn", "error"]

const logger = must("a logger with the methods info, warn and error", (value) =>
  ["info", "warn", "error"].every(
    (method) => typeof (value as Record<string, unknown> | null)?.[method] === "function",
  ),
)

const event = must("an event, or an object with an event", (value) => {
  const told = value as { readonly name?: unknown; readonly event?: { readonly name?: unknown } } | null
  return typeof (told?.event ?? told)?.name === "string"
})

/** @throws PipelineError `invalid-options` */
export function checkLoggingOptions(options: LoggingOptions): void {
  checkOptions("logging", options, {
    logger: required(logger),
    order: oneOf(["fields-first", "words-first"]),
    level: oneOf(levels),
    also: listOf(event),
    flappingLines: count,
    flappingMs: positiveMilliseconds,
  })
}
