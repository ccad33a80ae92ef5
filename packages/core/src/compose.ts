import { failureTable } from "@bellwether/wire"
import type { Answer } from "./answer.ts"
import type { Context } from "./context.ts"
import { Delivery } from "./delivery.ts"
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
          return checked(await middleware(request, next, context), context)
        } catch (error) {
          return failedLayer(source, context as LiveContext, error)
        }
      },
    core,
  )
}

/** Answers are handed on, not made: what is none, or another call's, would end nobody's call. */
function checked(answer: Answer, { call }: Context): Answer {
  const isSound =
    answer instanceof Delivery
      ? answer.attempt.call === call
      : !answer.ok && Object.hasOwn(failureTable, answer.failure.class)
  if (!isSound) throw new TypeError("The plugin answered with something that is no answer to this call.")
  return answer
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
