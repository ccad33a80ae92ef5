import type { Clock, Timer } from "@bellwether/core"
import type { Injection } from "./faults/fault-book.ts"
import { isInForce, nextChangeMs, type When } from "./faults/when.ts"

/** Keeps the times at which the provider refuses connections. */
export interface Outages {
  add(when: When): Injection
  clear(): void
}

interface Outage {
  active: boolean
  timer: Timer | undefined
}

/** Calls `apply` whenever the provider is to go down or come back. */
export const outages = (clock: Clock, apply: (down: boolean) => void): Outages => {
  const running = new Set<Outage>()
  const settle = (): void => apply([...running].some(({ active }) => active))

  const add = (when: When): Injection => {
    const sinceMs = clock.now()
    const outage: Outage = { active: false, timer: undefined }
    let hits = 0
    const look = (): void => {
      const elapsedMs = clock.now() - sinceMs
      const active = isInForce(when, elapsedMs)
      if (active && !outage.active) hits += 1
      outage.active = active
      settle()
      const changeMs = nextChangeMs(when, elapsedMs)
      if (changeMs !== undefined) outage.timer = clock.after(changeMs - elapsedMs, look)
    }
    running.add(outage)
    look()
    return {
      get hits() {
        return hits
      },
      remove() {
        outage.timer?.cancel()
        running.delete(outage)
        settle()
      },
    }
  }

  return {
    add,
    clear() {
      for (const { timer } of running) timer?.cancel()
      running.clear()
      settle()
    },
  }
}
