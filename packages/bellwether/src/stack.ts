import type { Plugin } from "@bellwether/core"

/**
 * Puts further plugins into a stack: outermost, or just inside of the plugins they say they belong inside of. Among
 * themselves they keep their order.
 */
export function withPlugins(stack: readonly Plugin[], further: readonly Plugin[]): readonly Plugin[] {
  const places = new Map(stack.map(({ name }, index) => [name, index]))
  const outermost: Plugin[] = []
  const behind = stack.map((): Plugin[] => [])
  for (const plugin of further) {
    const place = Math.max(-1, ...(plugin.inside ?? []).map((name) => places.get(name) ?? -1))
    places.set(plugin.name, place)
    ;(behind[place] ?? outermost).push(plugin)
  }
  return [...outermost, ...stack.flatMap((plugin, index) => [plugin, ...(behind[index] ?? [])])]
}
