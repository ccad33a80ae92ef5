/** Who wants to hear of a cell. */
export class CellListeners<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #onChange: (() => void) | undefined

  /** @param onChange told last, of each change */
  constructor(onChange: (() => void) | undefined) {
    this.#onChange = onChange
  }

  /** @returns ends the listening */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(value: T): void {
    for (const listener of this.#listeners) isolated(() => listener(value))
    isolated(() => this.#onChange?.())
  }
}

const isolated = (run: () => void): void => {
  try {
    run()
  } catch {
    // A listener's fault must not keep the cell from being shared.
  }
}
