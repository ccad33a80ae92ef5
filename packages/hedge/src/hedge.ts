import type { Plugin } from "@bellwether/core"
import { isHedgeable } from "./hedgeable.ts"
import { Began } from "./lane.ts"
import { readOptions } from "./options.ts"
import type { HedgeOptions } from "./options.ts"
import { Paces } from "./paces.ts"
import type { PaceMemories } from "./paces.ts"
import { run } from "./race.ts"

/**
 * Asks a second target for a stream whose first content is late, and takes the one that is first to have some. Stands
 * inside of `retry` and outside of `router`.
 *
 * @example
 * createPipeline({ endpoints, use: [retry(), hedge(), router()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function hedge(options?: HedgeOptions): Plugin {
  const rules = readOptions(options)
  return {
    name: "hedge",
    inside: ["quota", "fallback", "resume", "retry"],
    setup(services) {
      // Of another window of time nothing can be told by what was seen in this one.
      const memories = services.kept(`paces/${rules.windowMs}`, (): PaceMemories => new Map())
      const paces = new Paces(rules, services.clock, memories)
      return {
        call(request, next, context) {
          const { call } = context
          if (!isHedgeable(call)) return next(request, context)
          return run({ request, next, context, pace: paces.of(context.model ?? ""), services })
        },
        attempt(request, next, context) {
          if (context.attempt !== undefined) context.get(Began)(context.attempt)
          return next(request, context)
        },
        inspect: () => ({ models: paces.inspect() }),
      }
    },
  }
}
