import { defineHint, oneOf } from "@bellwether/core"
import type { Call, Hint, Target } from "@bellwether/core"

/** Names as a caller gave them: of endpoints, or of single targets. */
type Names = readonly string[]

const readNames = (text: string): Names | undefined => {
  const names = text.split(",").map((name) => name.trim())
  return names.includes("") ? undefined : names
}

const wants = "a list of endpoints or targets, such as: one, two/key-1"

/** Where the caller would like the call to go, best first: `x-bellwether-prefer: one, two`. */
const Prefer: Hint<Names> = defineHint("prefer", wants, readNames)

/** Where it should go only if it can go nowhere else. */
const Avoid: Hint<Names> = defineHint("avoid", wants, readNames)

/** A target's place in a caller's wishes: below 0 it is wanted, the least most; above 0 it is not. */
export type WishOf = (target: Target) => number

/** The caller's wishes; `undefined` for none. */
export function wishesOf(call: Call): WishOf | undefined {
  const preferred = call.hint(Prefer)
  const avoided = call.hint(Avoid)
  if (preferred === undefined && avoided === undefined) return undefined
  return (target) => {
    const isNamed = (name: string): boolean => name === target.endpoint || name === target.id
    if (avoided?.some(isNamed)) return 1
    const place = preferred?.findIndex(isNamed) ?? -1
    return place === -1 || preferred === undefined ? 0 : place - preferred.length
  }
}

/** The hints for wishes, where only these targets and their endpoints have names. */
export function wishHints(targets: readonly Target[]): readonly Hint<Names>[] {
  const isName = oneOf([...new Set(targets.flatMap(({ endpoint, id }) => [endpoint, id]))])
  const check = (names: Names, header: string): readonly string[] =>
    names.flatMap((name) => isName(name, header))
  return [Prefer, Avoid].map((hint) => ({ ...hint, check }))
}
