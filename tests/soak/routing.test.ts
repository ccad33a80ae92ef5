import { expect, test } from "vitest"
import { soakRouting } from "./routing.ts"

test("calls go where it is well, and none is lost while somebody is", async () => {
  const plan = { calls: 300, perSecond: 50, troubles: 1, strategy: "p2c", seed: 4 } as const
  const result = await soakRouting(plan)
  expect(result).toMatchObject({ calls: 300, lost: {}, left: 0 })
  expect(result.toSickPercent).toBeLessThan(result.blindPercent / 2)
  expect(result.recoveries).toBeGreaterThan(0)
  expect(result.firstSecondPercent).toBeLessThan(result.fairPercent)
  expect(result.mostTrialsAtOnce).toBeLessThanOrEqual(1)
}, 60_000)
