import { ListenerFailed } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { Flapping } from "./flapping.ts"
import { LineWriter } from "./logger.ts"
import type { Fields, Line } from "./logger.ts"
import { checkLoggingOptions, levels } from "./options.ts"
import type { LoggingOptions } from "./options.ts"
import { plainFields } from "./plain-fields.ts"
import { toldEvents } from "./told-events.ts"
import type { Telling } from "./told-events.ts"

/**
 * Writes a line to your logger whenever something changes: circuits, health, gates, parks, quotas, the shared store.
 * Single calls are told at `debug` alone; keys, prompts, answers and the words of providers never.
 *
 * @example
 * createPipeline({ endpoints, use: [logging({ logger: pino() }), retry(), router()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function logging(options: LoggingOptions): Plugin {
  checkLoggingOptions(options)
  const { level = "info", flappingLines = 6, flappingMs = 60_000 } = options
  const least = levels.indexOf(level)
  const writer = new LineWriter(options.logger, options.order)
  return {
    name: "logging",
    setup({ clock, on, emit, signal }) {
      let isFaulty = false
      /** Told once, and to everybody who listens: the logger itself may not be able to. */
      function fault(error: unknown): void {
        if (isFaulty) return
        isFaulty = true
        emit(ListenerFailed, { event: "logging", error })
      }

      function write(line: Line): void {
        try {
          const result = writer.write(line)
          if (result instanceof Promise) result.catch(fault)
        } catch (error) {
          fault(error)
        }
      }

      const flapping = new Flapping(flappingLines, flappingMs, clock, write)
      signal.addEventListener("abort", () => flapping.stop(), { once: true })

      function tell(name: string, telling: Telling, data: unknown): void {
        if (telling.level === "debug" && !writer.wants("debug")) return
        const fields = plainFields(data, clock.now())
        const grave = typeof telling.level === "string" ? telling.level : telling.level(fields)
        if (levels.indexOf(grave) < least || !writer.wants(grave)) return
        const line = { level: grave, words: telling.words(fields), fields: withName(name, fields) }
        if (grave === "debug") write(line)
        else flapping.tell(subjectOf(name, fields), line)
      }

      for (const [name, telling] of toldEvents(options.also)) {
        if (telling.level === "debug" && least > 0) continue
        on<unknown>({ name }, (data) => tell(name, telling, data))
      }
    },
  }
}

/** An event that tells of another one keeps its name as `of`. */
function withName(name: string, { event, ...fields }: Fields): Fields {
  return event === undefined ? { event: name, ...fields } : { event: name, of: event, ...fields }
}

/** What lines have to share to be one that flaps: `circuit-opened` and `circuit-closed` of the same target do. */
function subjectOf(event: string, fields: Fields): string {
  const parts = ["target", "endpoint", "key", "model", "source", "name", "subject", "event"]
  return JSON.stringify([event.split("-", 1), ...parts.map((part) => fields[part] ?? null)])
}
