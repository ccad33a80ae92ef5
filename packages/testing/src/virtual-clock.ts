import type { Clock, Timer } from "@bellwether/core"
import { quiet } from "./quiet.ts"
import { TimerQueue, type QueuedTimer } from "./timer-queue.ts"

/** Where a {@link virtualClock} starts. */
export interface VirtualClockOptions {
  /**
   * What `now()` starts with.
   * @default 0
   */
  readonly startMs?: number
  /**
   * What `date()` starts with, in milliseconds since 1970.
   * @default 1 January 2026, 00:00 UTC
   */
  readonly date?: number
}

/**
 * A clock that jumps to the next thing to happen, so that hours pass in a moment. It runs real asynchronous code:
 * after each timer it waits until everything that can run has run. Only one of its methods drives at a time.
 */
export interface VirtualClock extends Clock {
  /** How many timers and sleeps are waiting. Not 0 after the work is done: somebody leaks a timer. */
  readonly pending: number
  /** Lets so many milliseconds pass, and all that happens in them. */
  advance(ms: number): Promise<void>
  /** Lets time pass until nothing is pending. Work that repeats for ever never lets it end; see `runUntil`. */
  run(): Promise<void>
  /**
   * Lets time pass until the promise has settled, and not a moment longer.
   *
   * @param name what the promise is, for the error
   * @throws what the promise rejects with; a sentence when nothing is left that could settle it
   */
  runUntil<T>(promise: Promise<T>, name?: string): Promise<T>
}

/** What a drive is for. */
interface Goal {
  isReached: boolean
  readonly reached: Promise<unknown>
}

/** Makes a {@link VirtualClock}. */
export const virtualClock = ({
  startMs = 0,
  date = Date.UTC(2026, 0, 1),
}: VirtualClockOptions = {}): VirtualClock => {
  const timers = new TimerQueue()
  const outside = new Set<Promise<unknown>>()
  let nowMs = startMs
  let armed = 0
  let isDriven = false

  const after = (ms: number, run: () => void): Timer => {
    const timer: QueuedTimer = { atMs: nowMs, order: 0, place: -1, run }
    const cancel = (): void => timers.remove(timer)
    const rearm = (delayMs: number): void => {
      cancel()
      timer.atMs = nowMs + (delayMs > 0 ? delayMs : 0)
      timer.order = armed++
      timers.add(timer)
    }
    rearm(ms)
    return { cancel, rearm }
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const stop = (): void => {
        timer.cancel()
        reject(signal?.reason)
      }
      const timer = after(ms, () => {
        signal?.removeEventListener("abort", stop)
        resolve()
      })
      signal?.addEventListener("abort", stop, { once: true })
    })

  const external = <T>(promise: Promise<T>): Promise<T> => {
    const over: Promise<unknown> = settlement(promise).then(() => outside.delete(over))
    outside.add(over)
    return promise
  }

  /** Plays what happens until a moment, or until the goal is reached. */
  const drive = async (untilMs: number, goal: Goal): Promise<void> => {
    if (isDriven)
      throw new Error("The virtual clock is already driven: start all work first, then drive once.")
    isDriven = true
    try {
      for (;;) {
        await standStill(goal)
        const next = timers.first
        if (goal.isReached || next === undefined || next.atMs > untilMs) return
        timers.remove(next)
        nowMs = next.atMs
        next.run()
      }
    } finally {
      isDriven = false
    }
  }

  /** Lets everything run that this moment holds. */
  const standStill = async (goal: Goal): Promise<void> => {
    await quiet()
    while (outside.size > 0 && !goal.isReached) {
      await Promise.race([...outside, goal.reached])
      await quiet()
    }
  }

  return {
    get pending() {
      return timers.size
    },
    now: () => nowMs,
    date: () => date + nowMs - startMs,
    sleep,
    after,
    external,
    async advance(ms) {
      const untilMs = nowMs + ms
      await drive(untilMs, endless)
      nowMs = untilMs
    },
    run: () => drive(Number.MAX_VALUE, endless),
    async runUntil(promise, name = "The promise") {
      const goal: Goal = {
        isReached: false,
        reached: settlement(promise).then(() => (goal.isReached = true)),
      }
      await drive(Number.MAX_VALUE, goal)
      if (goal.isReached) return promise
      throw new Error(
        `${name} can not settle any more: nothing is pending on the virtual clock. ` +
          "Either it waits for what never comes, or for work that belongs through clock.external().",
      )
    },
  }
}

const endless: Goal = { isReached: false, reached: new Promise(() => {}) }

/** Fulfilled when the promise has settled, either way. */
const settlement = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  )
