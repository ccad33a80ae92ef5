import { expect, test } from "vitest"
import { sharedGate } from "./shared-gate.ts"
import { missesOf } from "./table.ts"

test("a hint holds back all calls of its scope, and no others", async () => {
  expect(missesOf(sharedGate, await sharedGate.rows())).toEqual([])
}, 60_000)
