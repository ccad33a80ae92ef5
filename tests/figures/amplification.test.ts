import { expect, test } from "vitest"
import { amplification } from "./amplification.ts"
import { missesOf } from "./table.ts"

test("what repeats cost is as in closed form, and our budget caps it without giving up rescue", async () => {
  expect(missesOf(amplification, await amplification.rows())).toEqual([])
})
