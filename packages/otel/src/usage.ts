import type { Usage } from "@bellwether/wire"
import type { Span } from "@opentelemetry/api"
import { tokenNames } from "./names.ts"
import type { Conventions, TokenKind } from "./names.ts"

/** Attributes that tell of kinds of tokens. */
type UsageNames = Readonly<Record<Conventions, readonly (readonly [TokenKind, string])[]>>

const namesBehind = (prefix: string): UsageNames => {
  const named = (conventions: Conventions) =>
    tokenNames[conventions].map(([kind, name]) => [kind, `${prefix}.${name}`] as const)
  return { "1.41": named("1.41"), latest: named("latest") }
}

export const usageOfCall = namesBehind("gen_ai.usage")
/** Names of our own: who sums those of the conventions over all spans would count each token twice. */
export const usageOfAttempt = namesBehind("bellwether.usage")

/** Tells a span what some attempts have used together. */
export function tellUsage(
  span: Span,
  usages: readonly (Usage | undefined)[],
  names: UsageNames[Conventions],
): void {
  for (const [kind, name] of names) {
    let tokens: number | undefined
    for (const usage of usages) {
      const more = usage?.[kind]
      if (more !== undefined) tokens = (tokens ?? 0) + more
    }
    if (tokens !== undefined) span.setAttribute(name, tokens)
  }
  if (usages.some((usage) => usage?.estimated)) span.setAttribute("bellwether.usage.estimated", true)
}
