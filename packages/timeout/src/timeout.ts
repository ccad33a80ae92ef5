import { CommitLimit } from "@bellwether/core"
import type { Attempt, Plugin } from "@bellwether/core"
import { AttemptWatch } from "./attempt-watch.ts"
import { asHinted, limitHints } from "./hints.ts"
import type { Limits } from "./limits.ts"
import { limitsByModel } from "./options.ts"
import type { TimeoutOptions } from "./options.ts"

/**
 * Ends attempts that hang. Until the commit point a limit cuts only while the call can move on; the last candidate
 * keeps the rest of the call's deadline, and its health takes the blame. In the middle of an answer silence always
 * cuts, while the caller is reading.
 *
 * @throws PipelineError `invalid-options`
 */
export function timeout(options?: TimeoutOptions): Plugin {
  const usual = limitsByModel(options)
  const limitsOf = ({ call, model }: Attempt): Limits => asHinted(usual(model), call)
  return {
    name: "timeout",
    setup({ clock, provide }) {
      provide(CommitLimit, {
        of(attempt) {
          const { headersMs, firstContentMs, answerMs } = limitsOf(attempt)
          return attempt.call.stream ? Math.max(headersMs, firstContentMs) : answerMs
        },
      })
      return {
        hints: limitHints,
        attempt(request, next, context) {
          const { attempt } = context
          attempt?.observe(new AttemptWatch(attempt, limitsOf(attempt), clock))
          return next(request, context)
        },
      }
    },
  }
}
