import { stripVTControlCharacters } from "node:util"

/** Columns as wide as their widest cell, two spaces apart; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [place, cell] of row.entries()) widths[place] = Math.max(widths[place] ?? 0, widthOf(cell))
  return rows
    .map((row) =>
      row
        .map((cell, place) => padded(cell, widths[place] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

/** Characters of East Asia are two columns wide. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu

const widthOf = (cell: string): number => {
  const plain = stripVTControlCharacters(cell)
  return plain.length + (plain.match(wide)?.length ?? 0)
}

const isNumber = /^[$–]?[\d,.]+( ?(ms|s|min|h|%))?$|^–$/

function padded(cell: string, width: number): string {
  const space = " ".repeat(width - widthOf(cell))
  return isNumber.test(stripVTControlCharacters(cell)) ? space + cell : cell + space
}
