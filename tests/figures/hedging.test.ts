import { expect, test } from "vitest"
import { hedging } from "./hedging.ts"
import { missesOf } from "./table.ts"

test("a twentieth of extra requests saves two thirds of the slowest hundredth", async () => {
  expect(missesOf(hedging, await hedging.rows())).toEqual([])
})
