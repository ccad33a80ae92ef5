import { expect, test } from "vitest"
import { askForManyModels } from "./flat-memory.ts"

test("however many models are asked for, the memory stays flat", async () => {
  const calls = 40_000
  const left = await askForManyModels({ calls, models: 10_000 })
  expect(left).toMatchObject({ calls, models: 51 })
  // A row for each model would be 30 MB.
  expect(left.grownBytes).toBeLessThan(2_000_000)
  expect(left.prometheusLines).toBeLessThan(6_000)
})
