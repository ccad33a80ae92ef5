import { expect, test } from "vitest"
import { slowBackend } from "./slow-backend.ts"
import { missesOf } from "./table.ts"

test("round-robin, least-busy and p2c answer in time as published", async () => {
  expect(missesOf(slowBackend, await slowBackend.rows())).toEqual([])
})
