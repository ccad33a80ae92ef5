import type { Clock } from "./clock.ts"
import { JoinedCell } from "./joined-cell.ts"
import type { Joined } from "./joined-cell.ts"
import { plainCell } from "./plain-cell.ts"
import type { LearntState } from "./state.ts"
import type { Store } from "./store.ts"

/** State that a fleet agrees on, read and written as a plain variable. */
export interface Shared<T> {
  /** This process's view, at once. */
  get(): T
  /**
   * Replaces this process's view at once, for every pipeline of the same state. The fleet hears of it in the background,
   * joined by `merge`.
   */
  set(value: T): void
  /**
   * Calls `listener` after the fleet, or another pipeline of the same state, changed the value; never for a `set` of
   * one's own.
   *
   * @returns ends the listening
   */
  onChange(listener: (value: T) => void): () => void
}

/** How a cell starts, and how the views of several processes become one. */
export interface SharedOptions<T> {
  /** The value before anybody wrote one. Values are plain JSON and are replaced, never changed in place. */
  readonly initial: T
  /** Joins two views. Must be commutative, associative and idempotent, or the fleet never agrees. */
  merge(a: T, b: T): T
  /** Milliseconds the store remembers the value after the last write. Without it, the value stays. */
  readonly ttlMs?: number
}

/** The shared cells of one pipeline. */
export interface Cells {
  /** The cell of this key. The same key is the same cell, with the options of its first use. */
  shared<T>(key: string, options: SharedOptions<T>): Shared<T>
  /** Reads every cell from the store anew: changes made while it was lost were not told. */
  refresh(): void
}

/** What {@link createCells} needs. */
export interface CellsOptions {
  /** Where the values are: all pipelines of a state see the same. */
  readonly state: Pick<LearntState, "value">
  /** Joins the cells of several processes. Expected to reject rather than hang, see `guardStore`. */
  readonly store?: Store | undefined
  readonly clock: Clock
  /** Ends all work in the background. */
  readonly signal: AbortSignal
  /** Told after somebody else changed any cell. */
  readonly onChange?: () => void
}

/** Makes the cells of a pipeline: plain variables without a store; with one, joined in the background. */
export const createCells = ({ state, store, clock, signal, onChange }: CellsOptions): Cells => {
  const joined = new Map<string, Joined>()
  const cells = new Map<string, Cell<unknown>>()

  const create = <T>(key: string, options: SharedOptions<T>): Cell<T> => {
    if (store === undefined) return plainCell(state.value(key, options.initial), onChange)
    const inStore = namespace + key
    const cell = new JoinedCell(inStore, state.value(key, options.initial), options, {
      store,
      clock,
      signal,
      onChange,
    })
    joined.set(inStore, cell)
    return cell
  }

  const unwatch = store?.watch(namespace, (key, stored) => joined.get(key)?.learn(stored))
  const close = (): void => {
    unwatch?.()
    for (const cell of cells.values()) cell.close()
  }
  signal.addEventListener("abort", close, { once: true })

  return {
    shared<T>(key: string, options: SharedOptions<T>): Shared<T> {
      const known = cells.get(key)
      if (known !== undefined) return known as unknown as Cell<T>
      const cell = create(key, options)
      cells.set(key, cell)
      if (signal.aborted) cell.close()
      return cell
    },
    refresh() {
      for (const cell of joined.values()) cell.refresh()
    },
  }
}

/** A cell as those who make it see it. */
interface Cell<T> extends Shared<T> {
  /** Ends all work in the background. */
  close(): void
}

/** Keeps cells apart from other keys of the same store. */
const namespace = "cell:"
