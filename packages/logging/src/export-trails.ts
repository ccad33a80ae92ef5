import {
  callable,
  CallEnded,
  checkOptions,
  count,
  defineEvent,
  ListenerFailed,
  required,
} from "@bellwether/core"
import type { CallEnding, EventType, Plugin } from "@bellwether/core"
import { LineQueue } from "./line-queue.ts"
import type { WriteLines } from "./line-queue.ts"
import { trailLine } from "./trail-line.ts"

/** Where trails go, and which. */
export interface TrailExportOptions {
  /**
   * Takes one or more lines of JSON, each with its line feed. What waits while a promise of it is pending is given to
   * it in one piece afterwards.
   */
  readonly write: WriteLines
  /**
   * Of the calls that were answered at their first attempt, or given up in it, one in so many is told. All others are
   * told always.
   * @default 1
   */
  readonly oneIn?: number
  /**
   * So many lines may wait for the writer; further ones are left out and counted.
   * @default 1_000
   */
  readonly maxPending?: number
}

/** The plugin, and its end. */
export interface TrailExport extends Plugin {
  /** Resolves when all lines there are have been written, or could not be. Never while the writer does not settle. */
  flush(): Promise<void>
}

/** The writer is too slow, and lines are left out. Once until it has caught up. */
export const TrailsDropped: EventType<{
  /** Lines that were left out so far. */
  readonly dropped: number
}> = defineEvent("trails-dropped")

/**
 * Writes what each call did as a line of JSON: candidates, reasons, attempts, waits, tokens. Ids, classes and numbers
 * only. A writer that is slow, throws or never settles holds no call.
 *
 * @example
 * createPipeline({ endpoints, use: [exportTrails({ write: (lines) => appendFile("trails.jsonl", lines) })] })
 *
 * @throws PipelineError `invalid-options`
 */
export function exportTrails(options: TrailExportOptions): TrailExport {
  checkOptions("exportTrails", options, { write: required(callable), oneIn: count, maxPending: count })
  const { write, oneIn = 1, maxPending = 1_000 } = options
  const queues: LineQueue[] = []
  return {
    name: "export-trails",
    setup({ clock, random, on, emit }) {
      let isFaulty = false
      const queue = new LineQueue({
        write,
        maxPending,
        onDropping: () => emit(TrailsDropped, { dropped: queue.counts.dropped }),
        onFault(error) {
          if (!isFaulty) emit(ListenerFailed, { event: "export-trails", error })
          isFaulty = true
        },
      })
      queues.push(queue)
      on(CallEnded, ({ call, ending }) => {
        const standsFor = isPlain(ending) ? oneIn : 1
        if (standsFor > 1 && random.next() * standsFor >= 1) return
        if (queue.isFull) return queue.drop()
        queue.add(trailLine(call, ending, clock.date() - ending.durationMs, standsFor))
      })
      return { inspect: () => queue.counts }
    },
    async flush() {
      await Promise.all(queues.map((queue) => queue.idle()))
    },
  }
}

/** Whether nothing of interest happened: one attempt, and nobody failed. */
const isPlain = ({ attempts, failure }: CallEnding): boolean =>
  attempts.length <= 1 && (failure === undefined || failure.class === "cancelled")
