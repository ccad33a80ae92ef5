import { virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"
import { readOptions } from "./options.ts"
import { Paces } from "./paces.ts"
import type { PaceMemories } from "./paces.ts"

test("what is known of a model, and what its calls have earned, is there for the next pipeline and its options", () => {
  const [clock, memories]: [ReturnType<typeof virtualClock>, PaceMemories] = [virtualClock(), new Map()]
  const first = new Paces(readOptions({ maxExtra: 0.5 }), clock, memories)
  const { allowance } = first.of("gpt-4o")
  for (let call = 0; call < 10; call++) allowance.earn()
  const second = new Paces(readOptions({ maxExtra: 0.2 }), clock, memories)
  expect([allowance.left, second.of("gpt-4o").allowance.left]).toEqual([5, 2])
  second.of("gpt-4o").allowance.spend()
  expect(allowance.left).toBe(2)
  expect(Object.keys(second.inspect())).toEqual(["gpt-4o"])
})
