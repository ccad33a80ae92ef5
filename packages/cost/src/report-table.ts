import type { CostReport, Saving } from "./cost-report.ts"

const header = ["model", "reference, USD per MTok", "paid, USD per MTok", "saved", "MTok", "saved, USD"]

/** The savings of a report as a Markdown table: a row for each model that can be compared, and one for all together. */
export function reportTable({ models, together }: CostReport): string {
  const rows = [
    header,
    ["---", ...header.slice(1).map(() => "---:")],
    ...models.filter(isCompared).map((saving) => [cell(saving.model), ...cells(saving)]),
    ["together", ...cells(together)],
  ]
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n")
}

/** Names come from callers: one must not end its cell, or its row. */
const cell = (name: string): string => name.replaceAll(/[\s\p{Cc}]+/gu, " ").replaceAll("|", "\\|")

const isCompared = ({ millionTokens }: Saving): boolean => millionTokens > 0

const cells = ({
  referencePrice,
  price,
  savedPercent,
  millionTokens,
  savedUsd,
}: Saving): readonly string[] => [
  shown(referencePrice),
  shown(price),
  savedPercent === null ? "–" : `${Math.round(savedPercent)} %`,
  shown(millionTokens),
  shown(savedUsd),
]

const numbers = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 })

const shown = (value: number | null): string => (value === null ? "–" : numbers.format(value))
