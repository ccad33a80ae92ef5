import type { Clock } from "./clock.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { Store, StoredValue, StoreListener } from "./store.ts"

/** How {@link guardStore} protects a process from its store. */
export interface StoreGuardOptions {
  readonly clock: Clock
  /**
   * Milliseconds one operation may take.
   * @default 50
   */
  readonly deadlineMs?: number
  /**
   * Failures in a row after which the store counts as lost.
   * @default 3
   */
  readonly failures?: number
  /**
   * Milliseconds before a lost store is tried again, with one operation.
   * @default 1000
   */
  readonly pauseMs?: number
  /** Told once each time the store is lost, with the failure that decided it. */
  readonly onLost?: (cause: unknown) => void
  /** Told once each time a lost store answers again. */
  readonly onBack?: () => void
}

/**
 * Puts a deadline and a small breaker around every operation of a store, so that one which hangs, rejects, throws
 * or talks nonsense takes nothing from a process but the sharing (law 12).
 *
 * @returns a store whose operations reject with `store-unavailable`: at the deadline, and at once while it is lost
 */
export const guardStore = (store: Store, options: StoreGuardOptions): Store => {
  const { clock, deadlineMs = 50, failures: limit = 3, pauseMs = 1000 } = options
  const watches = new Set<GuardedWatch>()
  let failuresInARow = 0
  /** While the store is lost; `Infinity` while the one trial is on its way. */
  let nextTrialMs: number | undefined

  const lose = (cause: unknown): void => {
    nextTrialMs = clock.now() + pauseMs
    isolated(() => options.onLost?.(cause))
  }

  const welcomeBack = (): void => {
    nextTrialMs = undefined
    failuresInARow = 0
    for (const watch of watches) watch.attach()
    isolated(() => options.onBack?.())
  }

  const guarded = async <T>(
    operation: () => Promise<unknown>,
    isSound: (result: unknown) => result is T,
  ): Promise<T> => {
    const isTrial = nextTrialMs !== undefined
    if (nextTrialMs !== undefined) {
      if (clock.now() < nextTrialMs) throw unavailable("is lost; this process goes on with its own state")
      nextTrialMs = Infinity
    }
    try {
      const result = await withinDeadline(operation)
      if (!isSound(result)) throw new TypeError("The answer has not the form it must have.")
      if (isTrial) welcomeBack()
      else if (nextTrialMs === undefined) failuresInARow = 0
      return result
    } catch (cause) {
      if (isTrial) nextTrialMs = clock.now() + pauseMs
      else if (nextTrialMs === undefined && ++failuresInARow >= limit) lose(cause)
      throw unavailable("failed", cause)
    }
  }

  const withinDeadline = (operation: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(deadlineMs, () =>
        reject(new Error(`No answer came within ${deadlineMs} ms.`)),
      )
      // Called inside `then`, so that an operation that throws rejects as well.
      Promise.resolve()
        .then(operation)
        .then(resolve, reject)
        .finally(() => timer.cancel())
    })

  return {
    get: (key) => guarded(() => store.get(key), isStoredValue),
    swap: (...swap) => guarded(() => store.swap(...swap), isBoolean),
    increment: (...increment) => guarded(() => store.increment(...increment), isWholeNumber),
    watch(prefix, listener) {
      const watch = guardWatch(store, prefix, listener)
      watches.add(watch)
      watch.attach()
      return () => {
        watches.delete(watch)
        watch.detach()
      }
    },
  }
}

interface GuardedWatch {
  /** Starts to watch, unless it does: again when a first time failed. */
  attach(): void
  detach(): void
}

const guardWatch = (store: Store, prefix: string, listener: StoreListener): GuardedWatch => {
  let unwatch: (() => void) | undefined
  let isOver = false
  const tell: StoreListener = (key, value) => {
    const isSound = typeof key === "string" && (value === undefined || typeof value === "string")
    if (isSound && !isOver) isolated(() => listener(key, value))
  }
  return {
    attach: () => isolated(() => (unwatch ??= store.watch(prefix, tell))),
    detach() {
      isOver = true
      isolated(() => unwatch?.())
    },
  }
}

const isolated = (run: () => void): void => {
  try {
    run()
  } catch {
    // Neither the store nor whoever listens may stop traffic.
  }
}

const unavailable = (what: string, cause?: unknown): PipelineError =>
  new PipelineError("store-unavailable", `The shared store ${what}.`, { cause })

const isBoolean = (result: unknown): result is boolean => typeof result === "boolean"

const isWholeNumber = (result: unknown): result is number => Number.isSafeInteger(result)

const isStoredValue = (result: unknown): result is StoredValue | undefined =>
  result === undefined ||
  (typeof result === "object" && result !== null && "value" in result && typeof result.value === "string")
