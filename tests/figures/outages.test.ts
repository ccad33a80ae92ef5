import { expect, test } from "vitest"
import { outages } from "./outages.ts"
import { missesOf } from "./table.ts"

test("nothing is lost that somebody could answer, no provider is flooded, and the primary is back soon", async () => {
  const misses = []
  for (const figure of outages({ callsPerSecond: 1, minutesBefore: 5, minutes: 25 }))
    misses.push(...missesOf(figure, await figure.rows()))
  expect(misses).toEqual([])
}, 120_000)
