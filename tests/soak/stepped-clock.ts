import { systemClock } from "@bellwether/core"
import type { Clock } from "@bellwether/core"

/** A clock whose sleeps are all over when it is told so, and not before. */
export interface SteppedClock extends Clock {
  /** Resolves when so many sleep. */
  sleeping(count: number): Promise<void>
  /** Wakes everyone who sleeps now. */
  step(): void
}

/** Makes a {@link SteppedClock}: a step costs the same for each sleeper, however many there are. */
export function steppedClock(): SteppedClock {
  const asleep = new Set<() => void>()
  let expected: { readonly count: number; readonly met: () => void } | undefined

  function look(): void {
    if (asleep.size === expected?.count) expected.met()
  }

  return {
    now: () => systemClock.now(),
    date: () => systemClock.date(),
    after: (ms, run) => systemClock.after(ms, run),
    external: (promise) => promise,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          asleep.delete(wake)
          reject(signal?.reason)
        }
        const wake = (): void => {
          signal?.removeEventListener("abort", leave)
          resolve()
        }
        signal?.addEventListener("abort", leave, { once: true })
        asleep.add(wake)
        look()
      }),
    sleeping: (count) =>
      new Promise((met) => {
        expected = { count, met }
        look()
      }),
    step() {
      const woken = [...asleep]
      asleep.clear()
      for (const wake of woken) wake()
    },
  }
}
