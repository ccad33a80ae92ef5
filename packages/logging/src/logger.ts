/** What a line tells beside its words: ids, classes and numbers. */
export type Fields = Readonly<Record<string, string | number | boolean>>

/** How grave a line is. */
export type Level = "debug" | "info" | "warn" | "error"

type Write = (first: never, second: never) => unknown

/** Any logger that has these methods: pino, winston, bunyan, `console`, one of your own. */
export interface LoggerLike {
  /** Without it nothing is told of single calls. */
  readonly debug?: Write | undefined
  readonly info: Write
  readonly warn: Write
  readonly error: Write
  /** Asked, where there is one, so that lines nobody wants are not put together. */
  isLevelEnabled?(level: string): boolean
}

/** What a logger takes first: its fields (pino, bunyan), or the words (`console`, winston). */
export type Order = "fields-first" | "words-first"

/** One line for a logger. */
export interface Line {
  readonly level: Level
  readonly words: string
  readonly fields: Fields
}

/** Writes lines to somebody's logger, in its order of arguments. */
export class LineWriter {
  readonly #logger: LoggerLike
  readonly #order: Order

  /** @param order of its arguments; the default is that of `console` for `console`, and pino's for others */
  constructor(
    logger: LoggerLike,
    order: Order = logger === (globalThis.console as LoggerLike) ? "words-first" : "fields-first",
  ) {
    this.#logger = logger
    this.#order = order
  }

  wants(level: Level): boolean {
    return this.#logger[level] !== undefined && (this.#logger.isLevelEnabled?.(level) ?? true)
  }

  /** What the logger returns, which may be a promise. */
  write({ level, words, fields }: Line): unknown {
    const logger = this.#logger as unknown as Record<Level, (first: unknown, second: unknown) => unknown>
    return this.#order === "words-first" ? logger[level](words, fields) : logger[level](fields, words)
  }
}
