import type { Ending } from "@bellwether/core"

/**
 * What became of what an attempt has cost: `answered` the caller; `failed`, cut streams included; `superseded` by
 * another attempt that was faster; `cancelled` by the caller.
 */
export type Outcome = "answered" | "failed" | "superseded" | "cancelled"

/** All there are. */
export const outcomes: readonly Outcome[] = ["answered", "failed", "superseded", "cancelled"]

export function outcomeOf({ failure }: Ending): Outcome {
  if (failure === undefined) return "answered"
  return failure.class === "superseded" || failure.class === "cancelled" ? failure.class : "failed"
}
