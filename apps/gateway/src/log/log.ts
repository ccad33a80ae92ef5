import { styleText } from "node:util"

type Level = "info" | "warn" | "error"

/** What a line tells beside its words. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the gateway writes what changes; pino and its like fit. Single calls are not told. */
export interface Log {
  info(fields: LogFields, words: string): void
  warn(fields: LogFields, words: string): void
  error(fields: LogFields, words: string): void
}

/** What lines are written to. */
export interface LineSink {
  readonly isTTY?: boolean
  write(line: string): unknown
}

const colours = { info: "green", warn: "yellow", error: "red" } as const

/** A log for people in a terminal, and of JSON lines elsewhere. */
export function createLog(sink: LineSink, date: () => number): Log {
  const line = sink.isTTY ? forPeople : forMachines
  const at =
    (level: Level) =>
    (fields: LogFields, words: string): void =>
      void sink.write(`${line(level, fields, words, new Date(date()).toISOString())}\n`)
  return { info: at("info"), warn: at("warn"), error: at("error") }
}

const forMachines = (level: Level, fields: LogFields, words: string, time: string): string =>
  JSON.stringify({ time, level, message: words, ...fields })

function forPeople(level: Level, { event: _, ...fields }: LogFields, words: string, time: string): string {
  const told = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`)
  const head = `${styleText("dim", time.slice(11, 19))} ${styleText(colours[level], level.padEnd(5))} ${words}`
  return told.length === 0 ? head : `${head} ${styleText("dim", told.join(" "))}`
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "")
  return /^[\w./:-]+$/.test(text) ? text : JSON.stringify(text)
}
