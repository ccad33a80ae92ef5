import { expect, test } from "vitest"
import { contention } from "./contention.ts"
import { missesOf } from "./table.ts"

test("the backoff formulas need as many calls and as long as published", async () => {
  expect(missesOf(contention, await contention.rows())).toEqual([])
})
