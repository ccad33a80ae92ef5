import { systemClock } from "@bellwether/core"
import type { Clock } from "@bellwether/core"

/** A clock that knows what waits on it. */
export interface CountingClock extends Clock {
  /** Sleeps and timers that are armed. */
  readonly pending: number
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

/** Counts the sleeps and timers of another clock. */
export function countingClock(clock: Clock = systemClock): CountingClock {
  let sleeping = 0
  const armed = new Set<object>()
  let waiters: (() => void)[] = []
  const pending = (): number => sleeping + armed.size

  function look(): void {
    if (pending() > 0) return
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }

  function disarm(timer: object): void {
    armed.delete(timer)
    look()
  }

  return {
    get pending() {
      return pending()
    },
    idle: () => new Promise((resolve) => (pending() === 0 ? resolve() : waiters.push(resolve))),
    now: () => clock.now(),
    date: () => clock.date(),
    external: (promise) => clock.external(promise),
    async sleep(ms, signal) {
      sleeping += 1
      try {
        await clock.sleep(ms, signal)
      } finally {
        sleeping -= 1
        look()
      }
    },
    after(ms, run) {
      const token = {}
      armed.add(token)
      const timer = clock.after(ms, () => {
        armed.delete(token)
        run()
        look()
      })
      return {
        cancel() {
          timer.cancel()
          disarm(token)
        },
        rearm(delayMs) {
          armed.add(token)
          timer.rearm(delayMs)
        },
      }
    },
  }
}
