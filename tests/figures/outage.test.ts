import { expect, test } from "vitest"
import { outage } from "./outage.ts"
import { missesOf } from "./table.ts"

test("a total outage sees at most 1.2 times the load, less than Finagle's 1.3", async () => {
  expect(missesOf(outage, await outage.rows())).toEqual([])
})
