import { expect, test } from "vitest"
import type { Spent } from "./spending.ts"
import { SpendingTable } from "./spending-table.ts"

const spent: Spent = {
  outcome: "answered",
  cost: { nanoUsd: 7, usage: { input: 1, output: 1, estimated: false } },
  referenceNanoUsd: undefined,
}

const tableOf = (maxRows: number, names: readonly (string | undefined)[]) => {
  const table = new SpendingTable(maxRows)
  for (const name of names) table.add(name, spent)
  return Object.entries(table.read()).map(([name, { nanoUsd }]) => [name, nanoUsd])
}

test("names beyond the first are counted together", () => {
  expect(tableOf(2, ["a", "b", "c", "d", "a"])).toEqual([
    ["a", 14],
    ["b", 7],
    ["(other)", 14],
  ])
})

test("who is called as the others are takes nobody's row", () => {
  expect(tableOf(2, ["(other)", "a", "b", "c"])).toEqual([
    ["(other)", 14],
    ["a", 7],
    ["b", 7],
  ])
})

test("who is called as those without a name is not taken for one of them", () => {
  expect(tableOf(2, [undefined, "(none)", undefined])).toEqual([
    ["(none)", 14],
    ["(other)", 7],
  ])
})

test("a name too long to be one is not kept", () => {
  expect(tableOf(9, ["x".repeat(201), "__proto__"])).toEqual([
    ["(other)", 7],
    ["__proto__", 7],
  ])
})
