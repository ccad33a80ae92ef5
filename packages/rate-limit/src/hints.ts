import { defineHint } from "@bellwether/core"
import type { Hint } from "@bellwether/core"

const ranks = { high: 0, normal: 1, low: 2 } as const

/** How urgent a call is, beside others in the same line. */
export type Urgency = keyof typeof ranks

const isUrgency = (text: string): text is Urgency => Object.hasOwn(ranks, text)

/** Whose turn comes first: `x-bellwether-priority: high`, `normal` or `low`. */
export const Priority: Hint<Urgency> = defineHint("priority", "high, normal or low", (text) =>
  isUrgency(text) ? text : undefined,
)

/** Lower ranks come first. */
export const rankOf = (urgency: Urgency = "normal"): number => ranks[urgency]
