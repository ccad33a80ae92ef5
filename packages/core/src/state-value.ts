/** Whoever looks at a value that others may replace. */
export interface Viewer {
  /** Somebody else has replaced it. */
  replaced(): void
}

/** A value that every pipeline of a state sees, at once. */
export class StateValue<T> {
  #value: T
  readonly #viewers = new Set<Viewer>()
  /** Whether it is anything else than what it began with. */
  isWritten = false

  constructor(initial: T) {
    this.#value = initial
  }

  get(): T {
    return this.#value
  }

  /** Replaces it, and tells all viewers but the one it comes from. */
  set(value: T, from: Viewer): void {
    this.#value = value
    this.isWritten = true
    for (const viewer of this.#viewers) if (viewer !== from) viewer.replaced()
  }

  /** @returns ends the viewing */
  view(viewer: Viewer): () => void {
    this.#viewers.add(viewer)
    return () => void this.#viewers.delete(viewer)
  }
}
