import { expect, test } from "vitest"
import { metastability } from "./metastability.ts"
import { missesOf } from "./table.ts"

test("a stall of ten seconds is over soon with our budget, sooner with circuits, never with naive repeats", async () => {
  expect(missesOf(metastability, await metastability.rows())).toEqual([])
})
