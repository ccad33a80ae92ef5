import { expect, test } from "vitest"
import { rateLimits } from "./rate-limits.ts"
import { missesOf } from "./table.ts"

test("a limited key is shared fairly, and hardly ever throttled", async () => {
  expect(missesOf(rateLimits, await rateLimits.rows())).toEqual([])
})
