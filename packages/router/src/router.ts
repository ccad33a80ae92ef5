import { AttemptCommitted, Choice, Impatient, refuseFaults, RetryBudget } from "@bellwether/core"
import type { Answer, CallMiddleware, CallRequest, Context, Next, Plugin, Target } from "@bellwether/core"
import { createComebacks, keptAbsences } from "./comebacks.ts"
import { atHome, createHomes } from "./homes.ts"
import { readOptions } from "./options.ts"
import type { RouterOptions } from "./options.ts"
import { createPanics } from "./panics.ts"
import type { Barred } from "./panics.ts"
import { Route } from "./route.ts"
import type { RouteOptions } from "./route.ts"
import { declared } from "./strategies/declared.ts"
import { Session } from "./strategies/session.ts"
import { waitInLine } from "./waiting.ts"
import { wishHints } from "./wishes.ts"

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
    inside: ["quota", "fallback", "resume", "retry", "hedge"],
    setup(services) {
      refuseFaults(inertStrategy(options, services.targets))
      const homes = createHomes(services)
      const panics = createPanics(
        services.clock,
        services.kept("panics", (): Barred => new Map()),
      )
      const comebacks = createComebacks({
        clock: services.clock,
        random: services.random.stream("comebacks"),
        rampMs: rules.rampMs,
        absences: keptAbsences(services),
      })
      const shared: RouteOptions = {
        services,
        rules,
        strategy: (shareTiers(services.targets) ? rules.strategy : declared)(services),
        comebacks,
        budget: services.use(RetryBudget),
        panics,
      }

      const runHome: CallMiddleware = async (request, next, context) => {
        const { candidates } = context
        const { resource } = context.call.operation
        const home = resource === undefined ? undefined : await homes.find(resource)
        return new Route(context, atHome(candidates, home), shared).run(request, next)
      }

      /** To the target somebody outside has chosen: not past those who wait for it. */
      const inTurn = async (
        target: Target,
        request: CallRequest,
        next: Next<CallRequest>,
        context: Context,
      ): Promise<Answer> => {
        const mayWait = rules.onUnavailable === "wait-then-panic" && !context.get(Impatient)
        const place = mayWait ? services.board.line(target, context) : undefined
        if (place === undefined) return next(request, context)
        try {
          await waitInLine(place, target, context, services)
          return await next(request, context)
        } finally {
          place.leave()
        }
      }

      services.on(AttemptCommitted, ({ attempt }) => homes.learn(attempt))
      return {
        hints: [...wishHints(services.targets), Session],
        call(request, next, context) {
          const { call, candidates } = context
          const chosen = context.get(Choice)
          // Of a model nobody serves dispatch tells.
          if (candidates.length === 0) return next(request, context)
          if (chosen !== undefined) return inTurn(chosen.target, request, next, context)
          if (call.operation.residence === "lives") return runHome(request, next, context)
          return new Route(context, candidates, shared).run(request, next)
        },
        inspect: () => ({
          panicking: panics.underWay(),
          remembered: homes.size,
          comingBack: comebacks.inspect(),
        }),
      }
    },
  }
}

/** A strategy that was asked for and will never be asked is a mistake in the tiers. */
const inertStrategy = (
  { strategy = "declared" }: RouterOptions,
  targets: readonly Target[],
): readonly string[] =>
  strategy === "declared" || targets.length === 1 || shareTiers(targets)
    ? []
    : [
        "router.strategy has nothing to choose from: each endpoint is a tier of its own. Give some the same `tier`.",
      ]

/** Whether there is ever anything to choose between equals. */
const shareTiers = (targets: readonly Target[]): boolean =>
  new Set(targets.map(({ tier }) => tier)).size < targets.length
