import { virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { readOptions } from "./options.ts"
import { Paces } from "./paces.ts"

test("a hundred models are known, those that were asked for last", () => {
  const paces = new Paces(readOptions({}), virtualClock())
  const first = paces.of("first")
  const second = paces.of("second")
  for (let model = 0; model < 98; model++) paces.of(`model-${model}`)
  expect(paces.of("first")).toBe(first)
  paces.of("one more")
  expect(Object.keys(paces.inspect())).toHaveLength(100)
  expect(paces.of("first")).toBe(first)
  expect(paces.of("second")).not.toBe(second)
})
