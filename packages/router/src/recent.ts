/** A map that forgets what was not used for longest. */
export interface Recent<T> {
  readonly size: number
  /** Using an entry keeps it. */
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
  /** All there are, without using them. */
  entries(): readonly (readonly [string, T])[]
}

/** @param capacity how many entries it holds */
export function recent<T>(capacity: number): Recent<T> {
  const entries = new Map<string, T>()

  function put(key: string, value: T): void {
    entries.delete(key)
    entries.set(key, value)
  }

  return {
    get size() {
      return entries.size
    },
    get(key) {
      const value = entries.get(key)
      if (value !== undefined) put(key, value)
      return value
    },
    set(key, value) {
      put(key, value)
      if (entries.size <= capacity) return
      for (const oldest of entries.keys()) {
        entries.delete(oldest)
        return
      }
    },
    delete: (key) => void entries.delete(key),
    entries: () => [...entries],
  }
}
