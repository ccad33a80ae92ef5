import { expect, test } from "vitest"
import { quotaDay } from "./quota-day.ts"
import { missesOf } from "./table.ts"

test("the article's story: nothing is lost when the daily quota is used up at three", async () => {
  expect(missesOf(quotaDay, await quotaDay.rows())).toEqual([])
}, 60_000)
