import { stripVTControlCharacters } from "node:util"

/** Characters of East Asia are two columns wide. */
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu

/** Columns a text takes on a terminal, without its colours. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text)
  return plain.length + (plain.match(wide)?.length ?? 0)
}

/** A text in lines of at most so many columns, broken at spaces; a longer word has a line of its own. */
export function linesOf(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`
      if (line !== "" && widthOf(longer) > columns) {
        lines.push(line)
        line = word
      } else line = longer
    }
    lines.push(line)
  }
  return lines
}

/** The same as one text; every line but the first is indented by so many columns. */
export const wrapped = (text: string, columns: number, indent = 0): string =>
  linesOf(text, columns - indent).join(`\n${" ".repeat(indent)}`)
