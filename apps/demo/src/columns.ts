import { stripVTControlCharacters, styleText } from "node:util"

/** Rows as aligned columns: the first is text, to the left; the others stand to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => plainLength(row[column] ?? "")))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = " ".repeat((widths[column] ?? 0) - plainLength(cell))
        return column === 0 ? cell + space : space + cell
      })
      .join("  "),
  )
}

const plainLength = (text: string): number => stripVTControlCharacters(text).length

/** Milliseconds for people. */
export const shownMs = (ms: number): string => (Number.isNaN(ms) ? "–" : `${Math.round(ms)} ms`)

type Style = Parameters<typeof styleText>[0]

/** Colour where the terminal has some. */
export const coloured = (style: Style, text: string): string =>
  styleText(style, text, { stream: process.stdout, validateStream: true })
