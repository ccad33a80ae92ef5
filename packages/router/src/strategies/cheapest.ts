import { PriceOf } from "@bellwether/core"
import type { Price } from "@bellwether/core"
import type { StrategyFactory } from "../strategy.ts"
import { lowestOf } from "./choice.ts"
import { createLoad } from "./load.ts"

/** Three tokens in for each one out: the usual mix by which prices are compared. */
const mixed = ({ input, output }: Price): number => (3 * input + output) / 4

/** The one whose tokens cost least, of several the least busy. One without a price comes last. */
export const cheapest: StrategyFactory = (services) => {
  const { random, use } = services
  const prices = use(PriceOf)
  const load = createLoad(services)
  return {
    reason: "lowest price",
    pick(targets, { model }) {
      const priced = targets.map((target) => {
        const price = prices().of(target, model)
        return { target, cost: price === undefined ? Infinity : mixed(price) }
      })
      const lowest = Math.min(...priced.map(({ cost }) => cost))
      const [first = targets[0], ...others] = priced.flatMap(({ target, cost }) =>
        cost === lowest ? [target] : [],
      )
      return lowestOf([first, ...others], (target) => (load.inFlight(target) + 1) / target.weight, random)
    },
  }
}
