import { CellListeners } from "./cell-listeners.ts"
import type { Clock, Timer } from "./clock.ts"
import type { Shared, SharedOptions } from "./shared-cells.ts"
import type { StateValue, Viewer } from "./state-value.ts"
import type { Store, StoreOptions } from "./store.ts"

/** What all cells of a pipeline have in common. */
export interface JoinedCellServices {
  readonly store: Store
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onChange: (() => void) | undefined
}

/** The side of a cell that the store sees. */
export interface Joined {
  /** Merges what the store holds. */
  learn(stored: string | undefined): void
  /** Reads the store anew. */
  refresh(): void
  /** Ends all work in the background. */
  close(): void
}

/** Pause before a store that failed, or lost every swap, is asked again. */
const pauseMs = 1000

/** With a sound store somebody wins every round; who loses this many in a row talks to one that is not. */
const mostLostRounds = 16

/**
 * A cell joined with its counterparts in other processes, like a state-based CRDT: read, merge, compare and set,
 * again on conflict. Merging once too often is always safe, so changes told late, twice or out of order do no harm.
 */
export class JoinedCell<T> implements Shared<T>, Joined, Viewer {
  readonly #key: string
  readonly #options: SharedOptions<T>
  readonly #expiry: StoreOptions
  readonly #services: JoinedCellServices
  readonly #listeners: CellListeners<T>
  readonly #value: StateValue<T>
  readonly #unview: () => void
  /** What the store held when last heard of. */
  #stored: string | undefined
  #isStoredKnown = false
  #isDirty: boolean
  /** Also while paused, and for ever once closed. */
  #isFlushing = false
  #pause: Timer | undefined

  constructor(key: string, value: StateValue<T>, options: SharedOptions<T>, services: JoinedCellServices) {
    this.#key = key
    this.#options = options
    this.#expiry = options.ttlMs === undefined ? {} : { ttlMs: options.ttlMs }
    this.#services = services
    this.#value = value
    this.#isDirty = value.isWritten
    this.#listeners = new CellListeners(services.onChange)
    this.#unview = value.view(this)
    this.#flushSoon()
  }

  get(): T {
    return this.#value.get()
  }

  set(value: T): void {
    this.#value.set(value, this)
    this.#isDirty = true
    this.#flushSoon()
  }

  onChange(listener: (value: T) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Another pipeline may close before it has told the store. */
  replaced(): void {
    this.#isDirty = true
    this.#flushSoon()
    this.#listeners.tell(this.get())
  }

  learn(stored: string | undefined): void {
    if (this.#isStoredKnown && stored === this.#stored) return
    this.#stored = stored
    this.#isStoredKnown = true
    this.#absorb()
  }

  refresh(): void {
    this.#isStoredKnown = false
    if (this.#pause === undefined) this.#flushSoon()
    else this.#pause.rearm(0)
  }

  close(): void {
    this.#unview()
    this.#isFlushing = true
    this.#pause?.cancel()
  }

  /** Merges what the store held. What can not be read as a value counts as none, and the next write replaces it. */
  #absorb(): void {
    if (this.#stored === undefined) return
    const before = this.get()
    try {
      const merged = this.#options.merge(before, JSON.parse(this.#stored) as T)
      if (merged === before || JSON.stringify(merged) === JSON.stringify(before)) return
      this.#value.set(merged, this)
    } catch {
      return
    }
    this.#listeners.tell(this.get())
  }

  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    // Not at once: the hot path neither serialises nor talks to the store, and the writes of one tick become one.
    queueMicrotask(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    this.#pause = undefined
    const { signal, clock, store } = this.#services
    let lostRounds = 0
    try {
      while (lostRounds < mostLostRounds && !signal.aborted) {
        if (!this.#isStoredKnown) this.learn((await store.get(this.#key))?.value)
        else if (this.#isDirty) lostRounds = (await this.#swap()) ? 0 : lostRounds + 1
        else {
          this.#isFlushing = false
          return
        }
      }
    } catch {
      // The store says itself that it is lost; the cell goes on with what this process knows.
    }
    if (!signal.aborted) this.#pause = clock.after(pauseMs, () => void this.#flush())
  }

  async #swap(): Promise<boolean> {
    // A `set` may have taken back what was merged; in the store nothing is ever taken back.
    this.#absorb()
    const value = this.get()
    const raw = JSON.stringify(value)
    if (raw !== this.#stored) {
      // Until the store has answered, nobody knows what it holds.
      this.#isStoredKnown = false
      if (!(await this.#services.store.swap(this.#key, this.#stored, raw, this.#expiry))) return false
      this.#stored = raw
      this.#isStoredKnown = true
    }
    this.#isDirty = this.get() !== value
    return true
  }
}
