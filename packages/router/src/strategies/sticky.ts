import type { StrategyFactory } from "../strategy.ts"
import { hashOf } from "./hash.ts"
import { createLoad } from "./load.ts"
import { cheaperOfTwo } from "./p2c.ts"
import { berthOf } from "./rendezvous.ts"
import { sessionOf } from "./session.ts"

/**
 * Calls of one session to one target, so that it finds the beginning of the prompt in its cache, as far as the load
 * allows; by `p2c` where there is no telling what belongs together.
 */
export const sticky: StrategyFactory = (services) => {
  const hashes = new Map(services.targets.map(({ id }) => [id, hashOf(id)]))
  const load = createLoad(services)
  const others = cheaperOfTwo(services, load)
  return {
    reason: "by session, as far as load allows",
    pick(targets, context, request) {
      const session = sessionOf(context.call, request)
      if (session === undefined) return others.pick(targets, context, request)
      const [first, ...rest] = targets.map((target) => ({
        target,
        hash: hashes.get(target.id) ?? 0,
        weight: target.weight,
        inFlight: load.inFlight(target),
      }))
      return first === undefined ? targets[0] : berthOf(hashOf(session), [first, ...rest]).target
    },
  }
}
