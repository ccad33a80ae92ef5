import { stripVTControlCharacters } from "node:util"
import { linesOf, widthOf } from "./width.ts"

/** Narrower than this the last column is not made: the terminal breaks lines better. */
const narrowest = 24

/**
 * Columns as wide as their widest cell, two spaces apart; numbers to the right.
 *
 * @param columns of the terminal: the last column is broken into lines that fit
 */
export function table(rows: readonly (readonly string[])[], columns = Infinity): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [place, cell] of row.entries()) widths[place] = Math.max(widths[place] ?? 0, widthOf(cell))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const room = columns - before < narrowest ? Infinity : columns - before
  return rows.flatMap((row) => inLines(row, widths, before, room)).join("\n")
}

function inLines(
  row: readonly string[],
  widths: readonly number[],
  before: number,
  room: number,
): readonly string[] {
  const isWhole = row.length === widths.length
  const [first = "", ...others] = isWhole ? linesOf(row.at(-1) ?? "", room) : []
  const cells = isWhole ? [...row.slice(0, -1), first] : row
  const line = cells.map((cell, place) => padded(cell, Math.min(widths[place] ?? 0, room))).join("  ")
  return [line.trimEnd(), ...others.map((other) => " ".repeat(before) + other)]
}

const isNumber = /^([$–]?[\d,.]+( ?(ms|s|min|h|d|%))?|–|never)$/

function padded(cell: string, width: number): string {
  const space = " ".repeat(Math.max(0, width - widthOf(cell)))
  return isNumber.test(stripVTControlCharacters(cell)) ? space + cell : cell + space
}
