import { StandIns } from "@bellwether/core"
import type { Call, Plugin } from "@bellwether/core"
import { Chain } from "./chain.ts"
import { standInsOf } from "./options.ts"
import type { FallbackOptions } from "./options.ts"

/**
 * Asks for another model when one cannot be had: `claude-sonnet` for `gpt-4o`, and then `deepseek-chat`; or for one
 * that holds more when a request is too long. Stands outside of whatever moves a call from target to target.
 *
 * @example
 * createPipeline({
 *   endpoints,
 *   use: [fallback({ models: { "gpt-4o": ["claude-sonnet", "deepseek-chat"] } }), retry(), router()],
 * })
 *
 * @throws PipelineError `invalid-options`
 */
export function fallback(options: FallbackOptions): Plugin {
  const standInsFor = standInsOf(options)
  return {
    name: "fallback",
    inside: ["quota"],
    setup({ emit, provide }) {
      provide(StandIns, { has: (model) => (standInsFor(model)?.models.length ?? 0) > 0 })
      return {
        call(request, next, asked) {
          const standIns = isFree(asked.call) ? standInsFor(asked.model) : undefined
          if (standIns === undefined) return next(request, asked)
          return new Chain((context) => next(request, context), asked, emit).walk(standIns)
        },
      }
    },
  }
}

/** What lives at one endpoint is not elsewhere under another name; a body that goes only once has no second try. */
const isFree = ({ attemptsLeft, operation }: Call): boolean =>
  operation.residence === "stateless" && attemptsLeft > 1
