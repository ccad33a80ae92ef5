/** A table of numbers with what they are held against. */
export interface Figure {
  /** What `npm run figures -- <name>` selects it by. */
  readonly name: string
  readonly title: string
  /** Where the numbers in brackets come from. */
  readonly source: string
  /** Headings of the cells. */
  readonly columns: readonly string[]
  /** Plays it, in virtual time: the same rows every time. */
  rows(): Promise<readonly Row[]>
}

export interface Row {
  readonly label: string
  readonly cells: readonly Cell[]
}

export interface Cell {
  readonly value: number
  readonly expected?: Expected
}

/** What a number must be: near one that others found, or on the right side of a promise. */
export type Expected =
  | { readonly golden: number; readonly within: number }
  | { readonly atMost: number }
  | { readonly atLeast: number }

/** A number without anything to hold it against. */
export const plain = (value: number): Cell => ({ value })

/** A number that must lie within so much of the golden one. */
export const near = (value: number, golden: number, within: number): Cell => ({
  value,
  expected: { golden, within },
})

/** A number that must lie within such a share of the golden one. */
export const about = (value: number, golden: number, share: number): Cell =>
  near(value, golden, golden * share)

export const atMost = (value: number, limit: number): Cell => ({ value, expected: { atMost: limit } })

export const atLeast = (value: number, limit: number): Cell => ({ value, expected: { atLeast: limit } })

/** Whether a number is as it must be. */
export function holds({ value, expected }: Cell): boolean {
  if (expected === undefined) return true
  if ("atMost" in expected) return value <= expected.atMost
  if ("atLeast" in expected) return value >= expected.atLeast
  return value === expected.golden || Math.abs(value - expected.golden) <= expected.within
}

/** Plays what a table compares, one after the other. */
export async function inTurn<T>(
  items: readonly T[],
  rowsOf: (item: T) => Promise<Row | readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const item of items) rows.push(...[await rowsOf(item)].flat())
  return rows
}
