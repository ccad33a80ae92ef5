import type { Answer } from "./answer.ts"
import type { Context } from "./context.ts"
import type { LiveContext } from "./live-context.ts"
import type { Next } from "./plugin.ts"

type Middleware<R> = (request: R, next: Next<R>, context: Context) => Promise<Answer>

/** A middleware and the plugin it belongs to. */
export interface Layer<R> {
  readonly source: string
  readonly middleware: Middleware<R>
}

/** Folds layers around a core, first one outermost. No layer lets a rejection out. */
export function compose<R>(layers: readonly Layer<R>[], core: Next<R>): Next<R> {
  return layers.reduceRight<Next<R>>(
    (next, { source, middleware }) =>
      async (request, context) => {
        try {
          return await middleware(request, next, context)
        } catch (error) {
          return failedLayer(source, context as LiveContext, error)
        }
      },
    core,
  )
}

/** A wait that was aborted with its branch is no fault; anything else is a bug in the plugin. */
function failedLayer(source: string, { branchOf }: LiveContext, error: unknown): Answer {
  const stop = branchOf.stopped
  if (stop !== undefined) return { ok: false, failure: stop.failure }
  return {
    ok: false,
    failure: {
      class: "call-refused",
      code: "plugin-failed",
      message: `The plugin "${source}" threw while it handled the call: see the cause, and report it to its author.`,
      cause: error,
    },
  }
}
