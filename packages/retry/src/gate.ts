import type { FailureClass } from "@bellwether/wire"
import type { Scope } from "@bellwether/core"

/** A time before which a scope takes no new attempt, because the provider said so. Plain data. */
export interface Gate {
  readonly scope: Scope
  /** Wall milliseconds. */
  readonly untilMs: number
  /** The class of the failure that came with the hint. */
  readonly cause: FailureClass
}

/** The gate that lasts longer. Commutative, associative, idempotent. */
export function longerGate(a: Gate, b: Gate): Gate {
  if (a.untilMs !== b.untilMs) return a.untilMs > b.untilMs ? a : b
  return a.cause >= b.cause ? a : b
}
