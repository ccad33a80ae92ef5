import { describe, expect, test } from "vitest"
import { atLeast, atMost, holds, near, plain } from "./figure.ts"
import type { Figure } from "./figure.ts"
import { missesOf, tableOf } from "./table.ts"

const figure: Figure = {
  name: "sheep",
  title: "Sheep counted",
  source: "a shepherd",
  columns: ["white", "black"],
  rows: async () => [
    { label: "on the hill", cells: [near(98, 100, 3), near(Infinity, Infinity, 0)] },
    { label: "at home", cells: [atMost(2_000, 1_000), plain(0.5)] },
  ],
}

describe("a number holds", () => {
  test("within its tolerance and on the right side of its limit, the edge included", () => {
    expect([near(1, 2, 1), atMost(1, 1), atLeast(1, 1), plain(Number.NaN)].map(holds)).toEqual([
      true,
      true,
      true,
      true,
    ])
  })

  test("not beyond, and not when it is no number", () => {
    const cells = [
      near(0.9, 2, 1),
      atMost(1.1, 1),
      atLeast(0.9, 1),
      near(1, Infinity, 0),
      atMost(Number.NaN, 1),
    ]
    expect(cells.filter(holds)).toEqual([])
  })
})

test("a table shows each number beside what it is held against, and marks what does not hold", async () => {
  expect(tableOf(figure, await figure.rows()).split("\n")).toEqual([
    "Sheep counted · sheep",
    "",
    "             white            black",
    "on the hill   98.0 (100.0)    never (never)",
    "at home       2000 (≤ 1000)!   0.50",
    "",
    "(…) a shepherd",
  ])
})

test("a miss names its row and column", async () => {
  expect(missesOf(figure, await figure.rows())).toEqual(["at home, white: 2000 (≤ 1000)!"])
})
