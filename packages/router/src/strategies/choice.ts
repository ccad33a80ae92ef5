import type { Random } from "@bellwether/core"

/** A source of chance. */
export type Chance = Pick<Random, "next">

/** Any of the first so many whole numbers. */
const anyOf = (count: number, chance: Chance): number => Math.floor(chance.next() * count)

/** Two different ones of a list, in its order, all pairs being equally likely. */
export function anyTwo<T>(list: readonly [T, ...T[]], chance: Chance): readonly [T, T] {
  const one = anyOf(list.length, chance)
  const another = anyOf(list.length - 1, chance)
  const other = another < one ? another : another + 1
  const [first = list[0], second = list[0]] = [list[Math.min(one, other)], list[Math.max(one, other)]]
  return [first, second]
}

/** One with the lowest measure, any of them where several have it. */
export function lowestOf<T>(list: readonly [T, ...T[]], measure: (item: T) => number, chance: Chance): T {
  let lowest = list[0]
  let least = measure(lowest)
  let ties = 1
  for (const item of list.slice(1)) {
    const measured = measure(item)
    if (measured > least) continue
    ties = measured < least ? 1 : ties + 1
    least = measured
    // Reservoir sampling: the n-th of equals takes the place with a chance of 1/n.
    if (ties === 1 || anyOf(ties, chance) === 0) lowest = item
  }
  return lowest
}
