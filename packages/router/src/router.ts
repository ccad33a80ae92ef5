import { Choice, RetryBudget } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
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
      return {
        async call(request, next, context) {
          const { call } = context
          const { candidates, operation } = call
          const isChosen = context.get(Choice) !== undefined
          const { residence, resource } = operation
          const home = resource === undefined ? undefined : homes.find(resource)
          const reachable = residence === "lives" ? atHome(candidates, await home) : candidates
          const answer = await (isChosen
            ? next(request, context)
            : new Route(context, reachable, shared).run(request, next))
          if (answer.ok) homes.learn(answer.attempt)
          return answer
        },
        inspect: () => ({ panicking: [...panicking], remembered: homes.size }),
      }
    },
  }
}
