import type { FailureScope } from "@bellwether/wire"
import type { Clock, Services, Shared, Target } from "@bellwether/core"
import { blocked, blockedUntilMs, mergeBlocks, noBlocks, unblocked } from "./blocks.ts"
import type { Blocks } from "./blocks.ts"

/** Who wants to be left alone, in the whole fleet; times are monotonic milliseconds. */
export interface KnownBlocks {
  /** Until when a target does; 0 for not at all. */
  untilMs(target: Target, model: string | undefined): number
  add(scope: FailureScope, target: Target, model: string | undefined, forMs: number): void
}

/** How long a store remembers an endpoint after its last block: hints are rarely longer. */
const ttlMs = 86_400_000

export function createBlocks({ clock, targets, renewed, shared }: Services): KnownBlocks {
  const cells = new Map<string, Shared<Blocks>>(
    targets.map(({ endpoint }) => [
      endpoint,
      shared(`rate-limit/${endpoint}`, { initial: noBlocks, merge: mergeBlocks, ttlMs }),
    ]),
  )
  for (const { endpoint, key } of renewed) {
    const cell = cells.get(endpoint)
    const isElsewhere = targets.every((target) => target.endpoint !== endpoint || renewed.includes(target))
    cell?.set(isElsewhere ? noBlocks : unblocked(cell.get(), key))
  }
  return {
    untilMs({ endpoint, key }, model) {
      const dateMs = blockedUntilMs(cells.get(endpoint)?.get() ?? noBlocks, key, model)
      return dateMs === 0 ? 0 : monotonic(clock, dateMs)
    },
    add(scope, { endpoint, key }, model, forMs) {
      const cell = cells.get(endpoint)
      if (cell === undefined || scope === "none") return
      const part = {
        ...((scope === "key" || scope === "key-model") && { key }),
        ...((scope === "key-model" || scope === "endpoint-model") && model !== undefined && { model }),
      }
      const dateMs = clock.date()
      cell.set(blocked(cell.get(), part, dateMs + forMs, dateMs))
    },
  }
}

const monotonic = (clock: Clock, dateMs: number): number => clock.now() + dateMs - clock.date()
