import type { Chance } from "./choice.ts"

/** One of a list, as often as its weight says beside the weights of all. */
export function weightedPick<T extends { readonly weight: number }>(
  list: readonly [T, ...T[]],
  chance: Chance,
): T {
  let rest = chance.next() * list.reduce((sum, { weight }) => sum + weight, 0)
  // Rounding may leave a rest that no one takes.
  return list.find(({ weight }) => (rest -= weight) < 0) ?? list[0]
}
