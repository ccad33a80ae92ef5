/**
 * The name a mistyped one was meant to be, or `undefined` when none is close: at most one edit for every three
 * letters, and always at least one. Case, dashes and underscores do not count, and a name that only goes on
 * (`cap` for `capMs`) is one edit away.
 */
export const nearestName = (typed: string, names: Iterable<string>): string | undefined => {
  const meant = letters(typed)
  let nearest: string | undefined
  let fewest = Math.max(1, Math.floor(meant.length / 3)) + 1
  for (const name of names) {
    const known = letters(name)
    const edits = meant.length > 1 && known.startsWith(meant) ? 1 : editDistance(meant, known)
    if (edits >= fewest) continue
    nearest = name
    fewest = edits
  }
  return nearest
}

const letters = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, "")

/**
 * How many letters were left out, added, replaced or swapped with their neighbour.
 *
 * Optimal string alignment, the restricted form of the Damerau–Levenshtein distance (Damerau, CACM 7/3, 1964).
 */
export const editDistance = (from: string, to: string): number => {
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
  return at(previous, to.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity
