import { AttemptEnded, AttemptStarted } from "@bellwether/core"
import type { Services, Target } from "@bellwether/core"

/** How many attempts are under way. */
export interface Load {
  /** At this target, from the start of an attempt to the end of its body. */
  inFlight(target: Target): number
}

/**
 * Counts what every target has to do, all models together: they share the key's connections and limits, and often its
 * machines. So the count is exact and as small as the list of targets, whatever models callers name. To be made once
 * in a pipeline: all count together.
 */
export function createLoad({ kept, on }: Pick<Services, "kept" | "on">): Load {
  const counts = kept("load", () => new Map<string, number>())
  const inFlight = ({ id }: Target): number => counts.get(id) ?? 0
  on(AttemptStarted, ({ attempt: { target } }) => counts.set(target.id, inFlight(target) + 1))
  on(AttemptEnded, ({ attempt: { target } }) => counts.set(target.id, inFlight(target) - 1))
  return { inFlight }
}
