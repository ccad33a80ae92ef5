import type { Clock } from "@bellwether/core"

/** Milliseconds for which nobody panics on a target that has just throttled one who did (law 3). */
const throttledRestMs = 10_000

/** Where calls of this process are tried in panic: one at a time at each target (law 10). Ids of targets. */
export interface Panics {
  /** Whether somebody is at it, or was a moment ago and in vain. */
  has(target: string): boolean
  begin(target: string): void
  end(target: string, isThrottled: boolean): void
  /** Where somebody is at it now. */
  underWay(): readonly string[]
}

/** Until when nobody else may; Infinity while somebody does. Kept from pipeline to pipeline. */
export type Barred = Map<string, number>

export function createPanics(clock: Pick<Clock, "now">, barred: Barred = new Map()): Panics {
  return {
    has: (target) => clock.now() < (barred.get(target) ?? -Infinity),
    begin: (target) => void barred.set(target, Infinity),
    end(target, isThrottled) {
      if (isThrottled) barred.set(target, clock.now() + throttledRestMs)
      else barred.delete(target)
    },
    underWay: () => [...barred].flatMap(([target, untilMs]) => (untilMs === Infinity ? [target] : [])),
  }
}
