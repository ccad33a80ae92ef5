import { expect, test } from "vitest"
import type { FailureClass } from "./failure-class.ts"
import { failureTable } from "./failure-table.ts"
import { isRequestBilled } from "./request-billed.ts"

test("a request is billed that was left at work, and none that was refused", () => {
  const classes = Object.keys(failureTable) as FailureClass[]
  expect(classes.filter(isRequestBilled).toSorted()).toEqual([
    "broken-response",
    "call-refused",
    "cancelled",
    "superseded",
    "timeout",
  ])
})
