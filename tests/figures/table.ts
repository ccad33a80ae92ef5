import { holds, plain } from "./figure.ts"
import type { Cell, Expected, Figure, Row } from "./figure.ts"

/** A figure as text, at most 100 columns wide. A number that is not as it must be has a `!`. */
export function tableOf({ name, title, source, columns }: Figure, rows: readonly Row[]): string {
  const labels = aligned(["", ...rows.map(({ label }) => label)])
  const numbers = columns.map((heading, index) =>
    columnOf(
      heading,
      rows.map(({ cells }) => cells[index] ?? plain(Number.NaN)),
    ),
  )
  const lines = labels.map((label, line) => [label, ...numbers.map((column) => column[line])].join("  "))
  return [`${title} · ${name}`, "", ...lines.map((line) => line.trimEnd()), "", `(…) ${source}`].join("\n")
}

/** A heading and the numbers below it, their ends in one line, each with what it is held against. */
function columnOf(heading: string, cells: readonly Cell[]): readonly string[] {
  const texts = [{ value: heading, expected: "" }, ...cells.map(textOf)]
  const width = Math.max(...texts.map(({ value }) => value.length))
  return aligned(texts.map(({ value, expected }) => `${value.padStart(width)} ${expected}`.trimEnd()))
}

function aligned(texts: readonly string[]): readonly string[] {
  const width = Math.max(...texts.map(({ length }) => length))
  return texts.map((text) => text.padEnd(width))
}

const textOf = (cell: Cell): { readonly value: string; readonly expected: string } => ({
  value: numberOf(cell.value),
  expected: cell.expected === undefined ? "" : `(${expectedOf(cell.expected)})${holds(cell) ? "" : "!"}`,
})

function expectedOf(expected: Expected): string {
  if ("atMost" in expected) return `≤ ${numberOf(expected.atMost)}`
  if ("atLeast" in expected) return `≥ ${numberOf(expected.atLeast)}`
  return numberOf(expected.golden)
}

/** What is not as it must be, in words. */
export const missesOf = ({ columns }: Figure, rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ label, cells }) =>
    cells.flatMap((cell, index) => {
      const { value, expected } = textOf(cell)
      return holds(cell) ? [] : [`${label}, ${columns[index]}: ${value} ${expected}`]
    }),
  )

/** As many decimals as a reader compares. */
function numberOf(value: number): string {
  if (value === Infinity) return "never"
  if (Number.isNaN(value)) return "–"
  return value.toFixed(value < 10 ? 2 : value < 1_000 ? 1 : 0)
}
