/**
 * The name a mistyped one was meant to be, or `undefined` when none is close: at most one edit for every three
 * letters, and always at least one. Case, dashes and underscores do not count, and an ending that is missing
 * (`cap` for `capMs`) counts as one edit.
 */
export const nearestName = (typed: string, names: Iterable<string>): string | undefined => {
  const meant = letters(typed)
  if (meant.length < 2) return undefined
  let nearest: string | undefined
  let fewest = Math.max(1, Math.floor(meant.length / 3)) + 1
  for (const name of names) {
    const toBeginnings = editDistances(meant, letters(name))
    const whole = toBeginnings.at(-1) ?? Infinity
    const edits = Math.min(whole, Math.min(...toBeginnings) + 1)
    if (edits >= fewest) continue
    nearest = name
    fewest = edits
  }
  return nearest
}

const letters = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, "")

/**
 * How many letters were left out, added, replaced or swapped with their neighbour on the way to each beginning of
 * `to`: to none of its letters first, to all of them last.
 *
 * Optimal string alignment, the restricted form of the Damerau–Levenshtein distance (Damerau, CACM 7/3, 1964).
 */
export const editDistances = (from: string, to: string): readonly number[] => {
  let beforePrevious: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          at(previous, column - 1) + (isSame ? 0 : 1),
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          isSwap ? at(beforePrevious, column - 2) + 1 : Infinity,
        ),
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity
