/** What a store knows of a key. */
export interface StoredValue {
  readonly value: string
  /** Milliseconds until the key expires; absent when it does not. */
  readonly ttlMs?: number
}

/** How long a key lives. */
export interface StoreOptions {
  /** Milliseconds after which the key is gone. Without it, the key stays. */
  readonly ttlMs?: number
}

/** Told the key that changed and its new value, `undefined` when it was deleted. */
export type StoreListener = (key: string, value: string | undefined) => void

/**
 * State that several processes agree on: in memory for one process, in Redis for a fleet.
 *
 * Values are strings, keys are any text. Every operation is atomic. No operation throws synchronously; one that
 * fails rejects. A new implementation is done when `testStore` of `@bellwether/testing` passes.
 */
export interface Store {
  /** Reads a key; `undefined` when there is none or it has expired. */
  get(key: string): Promise<StoredValue | undefined>
  /**
   * Compare and set: writes `value` if the key holds `expected` at that moment, and says whether it did.
   *
   * `expected` undefined creates the key only where there is none; `value` undefined deletes it. A write replaces
   * the time to live as well: without `ttlMs` the key stays.
   */
  swap(
    key: string,
    expected: string | undefined,
    value: string | undefined,
    options?: StoreOptions,
  ): Promise<boolean>
  /**
   * Adds a whole number to a counter and returns the sum. A missing key counts from 0; `ttlMs` applies only to the
   * increment that makes the key, so that a window ends on time however busy it is. `get` shows the sum in decimal.
   *
   * @throws when the key holds something else than a whole number
   */
  increment(key: string, by: number, options?: StoreOptions): Promise<number>
  /**
   * Calls `listener` after a key that starts with `prefix` was changed by anybody, this process included; never
   * from within the operation itself. Of changes in quick succession only the last is certain to be told; those made
   * while the store was out of reach are not, nor is expiry.
   *
   * @returns ends the watch
   */
  watch(prefix: string, listener: StoreListener): () => void
}
