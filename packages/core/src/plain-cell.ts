import { CellListeners } from "./cell-listeners.ts"
import type { Shared } from "./shared-cells.ts"
import type { StateValue } from "./state-value.ts"

/**
 * A cell that only the pipelines of a state have in common.
 *
 * @param onChange told of each change by another pipeline
 */
export function plainCell<T>(
  value: StateValue<T>,
  onChange: (() => void) | undefined,
): Shared<T> & { close(): void } {
  const listeners = new CellListeners<T>(onChange)
  const viewer = { replaced: (): void => listeners.tell(value.get()) }
  return {
    get: () => value.get(),
    set: (next) => value.set(next, viewer),
    onChange: (listener) => listeners.add(listener),
    close: value.view(viewer),
  }
}
