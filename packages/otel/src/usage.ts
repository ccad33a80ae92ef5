import type { Usage } from "@bellwether/wire"
import type { Attributes } from "@opentelemetry/api"
import { tokenKinds } from "./names.ts"
import type { Conventions } from "./names.ts"

/** Tokens by the conventions' name of their kind, such as `cache_read.input_tokens`. */
export function tokensByKind(usage: Usage, conventions: Conventions): readonly (readonly [string, number])[] {
  const counted: [string, number][] = []
  for (const [kind, name] of Object.entries(tokenKinds[conventions])) {
    const tokens = usage[kind as keyof Usage]
    if (typeof tokens === "number") counted.push([name, tokens])
  }
  return counted
}

/** What some attempts have used together, as attributes. */
export function usageAttributes(
  usages: readonly (Usage | undefined)[],
  conventions: Conventions,
): Attributes {
  const attributes: Attributes = {}
  for (const usage of usages) {
    if (usage === undefined) continue
    for (const [name, tokens] of tokensByKind(usage, conventions)) {
      const key = `gen_ai.usage.${name}`
      attributes[key] = Number(attributes[key] ?? 0) + tokens
    }
    if (usage.estimated) attributes["bellwether.usage.estimated"] = true
  }
  return attributes
}
