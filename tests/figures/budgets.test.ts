import { expect, test } from "vitest"
import { budgetDeaths, budgets } from "./budgets.ts"
import { missesOf } from "./table.ts"

test("of a thousand calls at once a budget lets in what fits, whatever it counts and for how long", async () => {
  expect(missesOf(budgets, await budgets.rows())).toEqual([])
}, 60_000)

test("whoever dies before it is settled what was used leaks nothing", async () => {
  expect(missesOf(budgetDeaths, await budgetDeaths.rows())).toEqual([])
}, 60_000)
