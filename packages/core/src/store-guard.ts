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
   * Milliseconds between two probes of a lost store.
   * @default 1000
   */
  readonly pauseMs?: number
  /** Told once each time the store is lost, with what went wrong last. */
  readonly onLost?: (cause: unknown) => void
  /** Told once each time a lost store answers again. */
  readonly onBack?: () => void
}

/**
 * Puts a deadline and a small breaker around every operation of a store, so that a store which hangs, rejects,
 * throws or talks nonsense costs a process nothing but the sharing.
 *
 * @returns a store whose operations reject with code `store-unavailable` at the deadline, and at once while it is lost
 */
export const guardStore = (store: Store, options: StoreGuardOptions): Store => {
  const { clock, deadlineMs = 50, failures: limit = 3, pauseMs = 1000 } = options
  let failures = 0
  let probeAtMs: number | undefined

  const lost = (): boolean => probeAtMs !== undefined

  const succeeded = (probe: boolean): void => {
    if (lost() && !probe) return
    failures = 0
    if (!lost()) return
    probeAtMs = undefined
    isolated(() => options.onBack?.())
  }

  const failed = (cause: unknown, probe: boolean): void => {
    if (lost() && !probe) return
    failures++
    if (failures < limit) return
    const already = lost()
    probeAtMs = clock.now() + pauseMs
    if (!already) isolated(() => options.onLost?.(cause))
  }

  const guarded = async <T>(
    operation: () => Promise<unknown>,
    isValid: (result: unknown) => result is T,
  ): Promise<T> => {
    const probe = probeAtMs !== undefined && clock.now() >= probeAtMs
    if (lost() && !probe) throw unavailable("is lost; this process goes on with its own state")
    if (probe) probeAtMs = Infinity
    try {
      const result = await within(operation)
      if (!isValid(result)) throw unavailable("answered nonsense")
      succeeded(probe)
      return result
    } catch (cause) {
      failed(cause, probe)
      throw PipelineError.is(cause, "store-unavailable") ? cause : unavailable("failed", cause)
    }
  }

  const within = (operation: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = clock.after(deadlineMs, () => reject(unavailable(`did not answer within ${deadlineMs} ms`)))
      const settle =
        <A>(pass: (value: A) => void) =>
        (value: A): void => {
          timer.cancel()
          pass(value)
        }
      try {
        Promise.resolve(operation()).then(settle(resolve), settle(reject))
      } catch (error) {
        settle(reject)(error)
      }
    })

  return {
    get: (key) => guarded(() => store.get(key), isStoredValue),
    swap: (key, expected, value, options) => guarded(() => store.swap(key, expected, value, options), isBoolean),
    increment: (key, by, options) => guarded(() => store.increment(key, by, options), isWholeNumber),
    watch: (prefix, listener) => guardedWatch(store, prefix, listener),
  }
}

const guardedWatch = (store: Store, prefix: string, listener: StoreListener): (() => void) => {
  let watching = true
  const tell: StoreListener = (key, value) => {
    if (watching && typeof key === "string" && (value === undefined || typeof value === "string")) {
      isolated(() => listener(key, value))
    }
  }
  let unwatch: unknown
  isolated(() => (unwatch = store.watch(prefix, tell)))
  return () => {
    watching = false
    isolated(() => typeof unwatch === "function" && unwatch())
  }
}

const isolated = (run: () => unknown): void => {
  try {
    run()
  } catch {
    // Law 12: neither the store nor whoever listens may stop traffic.
  }
}

const unavailable = (what: string, cause?: unknown): PipelineError =>
  new PipelineError("store-unavailable", `The shared store ${what}.`, { cause })

const isBoolean = (result: unknown): result is boolean => typeof result === "boolean"
const isWholeNumber = (result: unknown): result is number => Number.isSafeInteger(result)
const isStoredValue = (result: unknown): result is StoredValue | undefined =>
  result === undefined ||
  (typeof result === "object" && result !== null && "value" in result && typeof result.value === "string")
