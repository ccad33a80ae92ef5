import type { Clock, Timer } from "./clock.ts"
import type { Store } from "./store.ts"

/** State that a fleet agrees on, read and written as a plain variable. */
export interface Shared<T> {
  /** This process's view, at once. */
  get(): T
  /** Replaces this process's view at once; the fleet hears of it in the background, joined by `merge`. */
  set(value: T): void
  /**
   * Calls `listener` after the fleet changed the value, never for this process's own `set`.
   *
   * @returns ends the listening
   */
  onChange(listener: (value: T) => void): () => void
}

/** How a cell starts and how the views of several processes become one. */
export interface SharedOptions<T> {
  /** The value before anybody wrote one; plain JSON, as every value. */
  readonly initial: T
  /** Joins two views. It must be commutative, associative and idempotent, or the fleet never agrees. */
  readonly merge: (a: T, b: T) => T
  /** Milliseconds the store remembers the value after the last write. Without it, it stays. */
  readonly ttlMs?: number
}

/** All shared cells of a pipeline. */
export interface Cells {
  /** The cell of this key: the same key is the same cell, with the options of its first use. */
  shared<T>(key: string, options: SharedOptions<T>): Shared<T>
}

/** What {@link createCells} needs. */
export interface CellsOptions {
  /** Joins the cells of several processes; expected to reject rather than hang (`guardStore`). */
  readonly store?: Store
  readonly clock: Clock
  /** Ends all work in the background. */
  readonly signal: AbortSignal
  /** Told after the fleet changed any cell. */
  readonly onChange?: () => void
}

/** Keeps cells of one store apart from other keys in it. */
const namespace = "cell:"

/** Pause before the store is asked again after it failed or every swap was lost to somebody else. */
const retryMs = 1000

/** Lost swaps in a row after which a cell waits: somebody wins each round, so this many mean a broken store. */
const roundsPerFlush = 16

/** Creates the cells of a pipeline: plain variables without a store, joined in the background with one. */
export const createCells = (options: CellsOptions): Cells => {
  const { store, signal } = options
  const cells = new Map<string, Shared<unknown>>()
  const joined = new Map<string, JoinedCell<unknown>>()

  if (store !== undefined) {
    const unwatch = store.watch(namespace, (key, raw) => joined.get(key)?.learn(raw))
    signal.addEventListener("abort", unwatch, { once: true })
  }

  const create = <T>(key: string, cellOptions: SharedOptions<T>): Shared<T> => {
    if (store === undefined) return new PlainCell(cellOptions.initial)
    const cell = new JoinedCell(namespace + key, cellOptions, { ...options, store })
    joined.set(namespace + key, cell as unknown as JoinedCell<unknown>)
    return cell
  }

  return {
    shared<T>(key: string, cellOptions: SharedOptions<T>): Shared<T> {
      const known = cells.get(key)
      if (known !== undefined) return known as Shared<T>
      const cell = create(key, cellOptions)
      cells.set(key, cell as Shared<unknown>)
      return cell
    },
  }
}

class PlainCell<T> implements Shared<T> {
  #value: T

  constructor(initial: T) {
    this.#value = initial
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
  }

  /** Nobody else writes, so there is nothing to tell. */
  onChange(): () => void {
    return () => {}
  }
}

class JoinedCell<T> implements Shared<T> {
  readonly #key: string
  readonly #options: SharedOptions<T>
  readonly #cells: CellsOptions & { readonly store: Store }
  readonly #listeners = new Set<(value: T) => void>()
  #value: T
  /** What the store held when last heard of; everything in it is merged into the value. */
  #known: string | undefined
  #isKnown = false
  #dirty = false
  #flushing = false
  #retry: Timer | undefined

  constructor(key: string, options: SharedOptions<T>, cells: CellsOptions & { readonly store: Store }) {
    this.#key = key
    this.#options = options
    this.#cells = cells
    this.#value = options.initial
    this.#startFlush()
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#dirty = true
    this.#startFlush()
  }

  onChange(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes in what the store holds. A value that is not ours to read counts as none, and is overwritten in time. */
  learn(raw: string | undefined): void {
    if (this.#isKnown && raw === this.#known) return
    this.#known = raw
    this.#isKnown = true
    if (raw === undefined) return
    const before = this.#value
    try {
      this.#value = this.#options.merge(before, JSON.parse(raw) as T)
      if (this.#value === before || JSON.stringify(this.#value) === JSON.stringify(before)) return
    } catch {
      return
    }
    for (const listener of this.#listeners) isolated(() => listener(this.#value))
    isolated(() => this.#cells.onChange?.())
  }

  #startFlush(): void {
    if (this.#flushing || this.#cells.signal.aborted) return
    this.#flushing = true
    // Later, so that the caller's hot path neither serialises nor talks to the store, and writes of one tick are one.
    queueMicrotask(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    const settled = await this.#join().catch(() => false)
    this.#flushing = false
    if (this.#cells.signal.aborted) this.#retry?.cancel()
    else if (!settled) this.#retryLater()
    else if (this.#dirty) this.#startFlush()
  }

  /** One exchange with the store: read unless known, write if dirty, once more when somebody else was faster. */
  async #join(): Promise<boolean> {
    const { store } = this.#cells
    for (let round = 0; round < roundsPerFlush; round++) {
      if (!this.#isKnown) this.learn((await store.get(this.#key))?.value)
      if (!this.#dirty) return true
      const raw = JSON.stringify(this.#value)
      const expected = this.#known
      this.#dirty = false
      const { ttlMs } = this.#options
      const swapped = raw === expected || (await this.#swap(expected, raw, ttlMs))
      if (swapped) return true
    }
    return false
  }

  async #swap(expected: string | undefined, raw: string, ttlMs: number | undefined): Promise<boolean> {
    try {
      const swapped = await this.#cells.store.swap(this.#key, expected, raw, ttlMs === undefined ? {} : { ttlMs })
      if (swapped) this.#known = raw
      else this.#isKnown = false
      this.#dirty ||= !swapped
      return swapped
    } catch (error) {
      this.#isKnown = false
      this.#dirty = true
      throw error
    }
  }

  #retryLater(): void {
    if (this.#retry !== undefined) this.#retry.rearm(retryMs)
    else this.#retry = this.#cells.clock.after(retryMs, () => this.#startFlush())
  }
}

const isolated = (run: () => void): void => {
  try {
    run()
  } catch {
    // A listener's fault must not stop the cell from being shared.
  }
}
