import { rememberedMs } from "./park.ts"

type Entries<T> = Readonly<Record<string, T>>

/** Callers may name any model, so no more entries are kept than this: those that last longest. */
const mostEntries = 100

/** The entries that still mean something, with room for one more. */
export function kept<T extends { readonly untilMs: number }>(
  entries: Entries<T>,
  dateMs: number,
): Entries<T> {
  const fresh = Object.entries(entries).filter(([, { untilMs }]) => untilMs + rememberedMs > dateMs)
  if (fresh.length < mostEntries) return Object.fromEntries(fresh)
  fresh.sort(([, a], [, b]) => b.untilMs - a.untilMs)
  return Object.fromEntries(fresh.slice(0, mostEntries - 1))
}

/** Every entry of both; where both have one, `merge` decides. */
export function joined<T>(a: Entries<T>, b: Entries<T>, merge: (a: T, b: T) => T): Entries<T> {
  const own = Object.entries(a).map(([slot, value]) => {
    const other = b[slot]
    return [slot, other === undefined ? value : merge(value, other)] as const
  })
  return { ...b, ...Object.fromEntries(own) }
}
