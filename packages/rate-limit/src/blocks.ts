import type { Scope } from "@bellwether/core"

/** Until when the parts of an endpoint want to be left alone, in wall milliseconds. Plain data that a fleet shares. */
export type Blocks = Readonly<Record<string, number>>

export const noBlocks: Blocks = {}

/** Callers may name any model, so no more are kept than this: those that last longest. */
const mostBlocks = 100

type Part = Pick<Scope, "key" | "model">

const slotOf = ({ key, model }: Part): string => JSON.stringify([key ?? null, model ?? null])

/** With one more, unless what there is lasts longer: a hint never shortens an earlier one. */
export function blocked(blocks: Blocks, part: Part, untilMs: number, dateMs: number): Blocks {
  const slot = slotOf(part)
  if ((blocks[slot] ?? 0) >= untilMs) return blocks
  const others = Object.entries(blocks).filter(([other, endMs]) => other !== slot && endMs > dateMs)
  const longest = others.toSorted(([, a], [, b]) => b - a).slice(0, mostBlocks - 1)
  return { ...Object.fromEntries(longest), [slot]: untilMs }
}

/** Without those of one key. */
export const unblocked = (blocks: Blocks, key: string): Blocks =>
  Object.fromEntries(
    Object.entries(blocks).filter(([slot]) => (JSON.parse(slot) as readonly unknown[])[0] !== key),
  )

/** The joined view of two processes. */
export function mergeBlocks(a: Blocks, b: Blocks): Blocks {
  const own = Object.entries(a).map(([slot, untilMs]) => [slot, Math.max(untilMs, b[slot] ?? 0)] as const)
  return { ...b, ...Object.fromEntries(own) }
}

/** Until when a key wants to be left alone for a model; 0 for not at all. */
export function blockedUntilMs(blocks: Blocks, key: string, model: string | undefined): number {
  if (blocks === noBlocks) return 0
  const parts: readonly Part[] = [{}, { key }, ...(model === undefined ? [] : [{ model }, { key, model }])]
  return Math.max(...parts.map((part) => blocks[slotOf(part)] ?? 0))
}
