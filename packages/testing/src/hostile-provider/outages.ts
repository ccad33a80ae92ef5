import type { Clock } from "@bellwether/core"
import type { Injection } from "./faults/fault-book.ts"
import { isInForce, nextChangeMs, type When } from "./faults/when.ts"

/** Keeps the times at which the provider refuses connections. */
export interface Outages {
  add(when: When): Injection
  clear(): void
}

/** Calls `apply` whenever the provider is to go down or come back. */
export const outages = (clock: Clock, apply: (down: boolean) => void): Outages => {
  const running = new Map<object, { active: boolean; readonly stop: () => void }>()
  const settle = (): void => apply([...running.values()].some(({ active }) => active))

  const add = (when: When): Injection => {
    const sinceMs = clock.now()
    const outage = { active: false, stop: () => timer.cancel() }
    let hits = 0
    const look = (): void => {
      const elapsedMs = clock.now() - sinceMs
      const active = isInForce(when, elapsedMs)
      if (active && !outage.active) hits += 1
      outage.active = active
      settle()
      const changeMs = nextChangeMs(when, elapsedMs)
      if (changeMs !== undefined) timer.rearm(changeMs - elapsedMs)
    }
    const timer = clock.after(0, look)
    timer.cancel()
    running.set(outage, outage)
    look()
    return {
      get hits() {
        return hits
      },
      remove() {
        outage.stop()
        running.delete(outage)
        settle()
      },
    }
  }

  return {
    add,
    clear() {
      for (const { stop } of running.values()) stop()
      running.clear()
      settle()
    },
  }
}
