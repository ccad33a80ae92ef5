import type { Clock } from "./clock.ts"
import type { Store, StoreListener, StoreOptions } from "./store.ts"

interface Entry {
  readonly value: string
  /** Monotonic; `Infinity` when the key stays. */
  readonly expiresMs: number
}

interface Watch {
  readonly prefix: string
  readonly listener: StoreListener
}

/** A {@link Store} within this process: for one process, and for tests that need several pipelines on one store. */
export interface MemoryStore extends Store {
  /** How many keys it holds, with expired ones that nobody has missed yet. */
  readonly size: number
}

/** Makes a {@link MemoryStore}. Without a timer: keys expire when they are read, or when there are too many. */
export const memoryStore = ({ clock }: { readonly clock: Clock }): MemoryStore => {
  const entries = new Map<string, Entry>()
  const watches = new Set<Watch>()
  let sweepAtSize = 64

  const read = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined || clock.now() < entry.expiresMs) return entry
    entries.delete(key)
    return undefined
  }

  const write = (key: string, value: string | undefined, expiresMs: number): void => {
    if (value === undefined) entries.delete(key)
    else entries.set(key, { value, expiresMs })
    if (entries.size > sweepAtSize) sweep()
    for (const watch of watches) if (key.startsWith(watch.prefix)) tell(watch, key, value)
  }

  /** Keys nobody reads again would stay for ever; sweeping at each doubling costs a write next to nothing. */
  const sweep = (): void => {
    for (const key of entries.keys()) read(key)
    sweepAtSize = Math.max(64, entries.size * 2)
  }

  const tell = (watch: Watch, key: string, value: string | undefined): void =>
    queueMicrotask(() => {
      if (!watches.has(watch)) return
      try {
        watch.listener(key, value)
      } catch {
        // A listener's fault is not the writer's: neither of them would know what to do about it.
      }
    })

  const expiry = (options: StoreOptions | undefined): number => clock.now() + (options?.ttlMs ?? Infinity)

  return {
    get size() {
      return entries.size
    },
    async get(key) {
      const entry = read(key)
      if (entry === undefined) return undefined
      const { value, expiresMs } = entry
      return expiresMs === Infinity ? { value } : { value, ttlMs: expiresMs - clock.now() }
    },
    async swap(key, expected, value, options) {
      if (read(key)?.value !== expected) return false
      write(key, value, expiry(options))
      return true
    },
    async increment(key, by, options) {
      const entry = read(key)
      const sum = wholeNumber(entry?.value ?? "0") + by
      if (!Number.isSafeInteger(sum)) {
        throw new TypeError(`The store can not add ${by} to "${key}": only whole numbers can be counted.`)
      }
      write(key, String(sum), entry?.expiresMs ?? expiry(options))
      return sum
    },
    watch(prefix, listener) {
      const watch = { prefix, listener }
      watches.add(watch)
      return () => watches.delete(watch)
    },
  }
}

/** `NaN` for anything else, also for what JavaScript alone takes for a number. */
const wholeNumber = (text: string): number => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN)
