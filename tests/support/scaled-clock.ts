import { systemClock } from "@bellwether/core"
import type { Clock } from "@bellwether/core"

/**
 * Real time, only so many times as fast: with a factor of 200 a Retry-After of 20 s is over in a tenth of a second.
 * A wait never ends early by its own reckoning, as little as with a real clock.
 */
export function scaledClock(factor: number): Clock {
  const startMs = systemClock.now()
  const startDateMs = systemClock.date()
  const now = (): number => (systemClock.now() - startMs) * factor

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const overMs = now() + ms
    do await systemClock.sleep((overMs - now()) / factor, signal)
    while (now() < overMs)
  }

  return {
    now,
    date: () => startDateMs + now(),
    sleep,
    after(ms, run) {
      let dueMs = now() + ms
      const timer = systemClock.after(ms / factor, () => {
        if (now() < dueMs) timer.rearm((dueMs - now()) / factor)
        else run()
      })
      return {
        cancel: () => timer.cancel(),
        rearm(delayMs) {
          dueMs = now() + delayMs
          timer.rearm(delayMs / factor)
        },
      }
    },
    external: (promise) => promise,
  }
}
