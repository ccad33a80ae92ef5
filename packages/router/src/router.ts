import { AttemptCommitted, Choice, RetryBudget } from "@bellwether/core"
import type { CallMiddleware, Plugin } from "@bellwether/core"
import { atHome, createHomes } from "./homes.ts"
import { readOptions } from "./options.ts"
import type { RouterOptions } from "./options.ts"
import { Route } from "./route.ts"
import type { RouteOptions } from "./route.ts"

/**
 * Decides which target a call goes to: the lowest tier that has a healthy one, and within it by strategy. It is the
 * innermost plugin of the call scope.
 *
 * @example
 * createPipeline({ endpoints, use: [retry(), router({ strategy: "round-robin" })] })
 *
 * @throws PipelineError `invalid-options`
 */
export function router(options: RouterOptions = {}): Plugin {
  const rules = readOptions(options)
  return {
    name: "router",
    inside: ["resume", "retry", "hedge"],
    setup(services) {
      const homes = createHomes(services.store)
      const panicking = new Set<string>()
      const shared: RouteOptions = {
        services,
        rules,
        strategy: rules.strategy(services),
        budget: services.use(RetryBudget),
        panicking,
      }

      const runHome: CallMiddleware = async (request, next, context) => {
        const { candidates } = context
        const { resource } = context.call.operation
        const home = resource === undefined ? undefined : await homes.find(resource)
        return new Route(context, atHome(candidates, home), shared).run(request, next)
      }

      services.on(AttemptCommitted, ({ attempt }) => homes.learn(attempt))
      return {
        call(request, next, context) {
          if (context.get(Choice) !== undefined) return next(request, context)
          const { candidates } = context
          const { operation } = context.call
          if (operation.residence !== "lives")
            return new Route(context, candidates, shared).run(request, next)
          return runHome(request, next, context)
        },
        inspect: () => ({ panicking: [...panicking], remembered: homes.size }),
      }
    },
  }
}
