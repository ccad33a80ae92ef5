import { price, refuseFaults } from "@bellwether/core"
import type { Price } from "@bellwether/core"

const kinds = Object.keys({
  input: true,
  output: true,
  cachedInput: true,
  cacheWrite: true,
  longCacheWrite: true,
  audioInput: true,
  imageInput: true,
  reasoning: true,
  audioOutput: true,
  imageOutput: true,
} satisfies Record<keyof Price, true>) as (keyof Price)[]

/** Books tell the same prices again and again: each is looked at once. */
const sound = new WeakSet<Price>()

/**
 * What a book gave for a price. What else stands in it is the book's own.
 *
 * @throws PipelineError `invalid-options` when it is none: a text, a promise, less than nothing
 */
export function soundPrice(listed: Price): Price {
  if (sound.has(listed)) return listed
  if (listed instanceof Promise) listed.catch(() => {})
  const isObject = typeof listed === "object" && !(listed instanceof Promise)
  const given = isObject ? Object.fromEntries(kinds.map((kind) => [kind, listed[kind]])) : listed
  refuseFaults(price(given, "What the price book gave"))
  sound.add(listed)
  return listed
}
