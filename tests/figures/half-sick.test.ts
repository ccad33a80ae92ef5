import { expect, test } from "vitest"
import { halfSick } from "./half-sick.ts"
import { missesOf } from "./table.ts"

test("one endpoint that fails at times answers as with the bare SDK, two answer more", async () => {
  expect(missesOf(halfSick, await halfSick.rows())).toEqual([])
})
