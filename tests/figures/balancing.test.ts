import { expect, test } from "vitest"
import { balancing } from "./balancing.ts"
import { missesOf } from "./table.ts"

test("where one endpoint turns slow, p2c hardly notices and the lowest latency collapses", async () => {
  expect(missesOf(balancing, await balancing.rows())).toEqual([])
})
